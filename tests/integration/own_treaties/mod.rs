//! Users' own treaties, from files in a directory to days and alerts.

mod depositary;
mod import;
mod law;
mod malformed;
mod ministry;
mod schema;
mod watched;

use crate::env::TestEnv;

/// What a command prints that must fail with code 1: answer and error.
fn refused(env: &TestEnv, arguments: &[&str]) -> String {
    let (code, said) = env.said(arguments);
    assert_eq!(code, Some(1), "{arguments:?}: {said}");
    said
}
