//! Migrations and seeds are part of the binary: a change of either builds it anew.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=seeds");
}
