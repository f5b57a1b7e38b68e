//! A program of the user: it gets the event on its input, and its exit code says what became of it.

use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use std::os::unix::process::ExitStatusExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStderr, ChildStdin, Command};

use super::client::failed;
use crate::domain::delivery::Outcome;

/// All that a program sees of the environment: what secrets the daemon has there are none of its business.
const ENVIRONMENT: [&str; 3] = ["PATH", "HOME", "LANG"];
/// So much of the end of its error output is kept, for the last line.
const ERROR_SIZE_MAX_BYTES: usize = 4096;
/// Once a program has ended, what it started may hold its error output open for so long.
const ERROR_TIMEOUT_MS: u64 = 500;

/// Whether a program can be run, told without running it.
pub(super) fn is_there(program: &str) -> bool {
    let can_run = |path: PathBuf| {
        path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
    };
    if program.contains('/') {
        return can_run(program.into());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|dir| can_run(dir.join(program)))
}

/// Runs a program, with `input` on its standard input. Exit code 0 is success; everything else is tried
/// again. After `timeout` it is killed, together with everything that it has started.
pub(super) async fn run(command: &[String], input: Vec<u8>, timeout: Duration) -> Outcome {
    let Some((program, arguments)) = command.split_first() else {
        return failed("there is no command".to_owned(), None);
    };
    let mut child = match start(program, arguments) {
        Ok(child) => child,
        Err(error) => return failed(format!("`{program}` cannot be run: {error}"), None),
    };
    let group = Group::of(&child);
    let (stdin, stderr) = (child.stdin.take(), child.stderr.take());
    let work = async {
        let mut last_words = Vec::new();
        let status = {
            // Side by side: a program may write before it has read, and the other way round.
            let listen = listen(stderr, &mut last_words);
            let run = async {
                let (_, status) = tokio::join!(feed(stdin, input), child.wait());
                status
            };
            tokio::pin!(listen, run);
            tokio::select! {
                status = &mut run => {
                    let _ = tokio::time::timeout(Duration::from_millis(ERROR_TIMEOUT_MS), listen).await;
                    status
                }
                () = &mut listen => run.await,
            }
        };
        (status, last_words)
    };
    match tokio::time::timeout(timeout, work).await {
        Err(_) => failed(format!("killed after {timeout:?}"), None),
        Ok((Err(error), _)) => failed(format!("`{program}` was lost: {error}"), None),
        Ok((Ok(status), last_words)) => {
            // It has ended by itself: what it leaves running is its own affair.
            group.forget();
            judge(status, &last_words)
        }
    }
}

fn start(program: &str, arguments: &[String]) -> io::Result<Child> {
    let inherited = ENVIRONMENT.iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
    Command::new(program)
        .args(arguments)
        .env_clear()
        .envs(inherited)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
}

/// Hands over the input. A program that reads none of it may still do its work.
async fn feed(stdin: Option<ChildStdin>, input: Vec<u8>) {
    if let Some(mut stdin) = stdin {
        let _ = stdin.write_all(&input).await;
    }
}

/// Keeps the end of what is said.
async fn listen(stderr: Option<ChildStderr>, last_words: &mut Vec<u8>) {
    let Some(mut stderr) = stderr else { return };
    let mut chunk = [0; 1024];
    while let Ok(count @ 1..) = stderr.read(&mut chunk).await {
        last_words.extend_from_slice(&chunk[..count]);
        let surplus = last_words.len().saturating_sub(ERROR_SIZE_MAX_BYTES);
        last_words.drain(..surplus);
    }
}

fn judge(status: ExitStatus, last_words: &[u8]) -> Outcome {
    if status.success() {
        return Outcome::Delivered;
    }
    let how = match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => format!("ended by signal {signal}"),
        (None, None) => "ended in an unknown way".to_owned(),
    };
    let text = String::from_utf8_lossy(last_words);
    let line = text.lines().map(str::trim).rfind(|line| !line.is_empty());
    let line = line.map(|line| line.replace(char::is_control, " "));
    failed(line.map_or(how.clone(), |line| format!("{how}: {line}")), None)
}

/// A program and all that it has started; killed when it is let go of.
struct Group(Option<Pid>);

impl Group {
    fn of(child: &Child) -> Self {
        Self(child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)))
    }

    fn forget(mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(pid) = self.0 {
            // Nothing is left to do for a group that is gone already.
            let _ = kill_process_group(pid, Signal::KILL);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(20);

    fn shell(script: &str) -> Vec<String> {
        ["sh", "-c", script].map(str::to_owned).to_vec()
    }

    async fn run_shell(script: &str, input: &str) -> Outcome {
        run(&shell(script), input.as_bytes().to_vec(), LONG).await
    }

    fn error(text: &str) -> Outcome {
        failed(text.to_owned(), None)
    }

    #[tokio::test]
    async fn a_program_gets_the_event_and_its_exit_code_decides() {
        assert_eq!(run_shell(r#"test "$(cat)" = '{"id":1}'"#, r#"{"id":1}"#).await, Outcome::Delivered);
        assert_eq!(
            run_shell("echo first >&2; echo no route >&2; exit 75", "").await,
            error("exit code 75: no route")
        );
        assert_eq!(run_shell("exit 3", "").await, error("exit code 3"));
        assert_eq!(run_shell("kill -TERM $$", "").await, error("ended by signal 15"));
    }

    #[tokio::test]
    async fn a_program_need_not_read_and_may_say_much() {
        let input = "x".repeat(1 << 20);
        assert_eq!(run_shell("exit 0", &input).await, Outcome::Delivered);
        let talk = "i=0; while [ $i -lt 3000 ]; do echo a long line of words that nobody reads >&2; i=$((i+1)); done; \
                    cat >/dev/null; echo last >&2; exit 1";
        assert_eq!(run_shell(talk, &input).await, error("exit code 1: last"));
    }

    #[tokio::test]
    async fn the_environment_holds_no_secrets() {
        // Cargo sets this one for every test.
        assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some());
        let script = r#"test -z "$CARGO_MANIFEST_DIR" && test -n "$PATH""#;
        assert_eq!(run_shell(script, "").await, Outcome::Delivered);
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_a_failure() {
        let outcome = run(&["/nonexistent/program".to_owned()], Vec::new(), LONG).await;
        assert_eq!(
            outcome,
            error("`/nonexistent/program` cannot be run: No such file or directory (os error 2)")
        );
    }

    #[tokio::test]
    async fn after_its_time_a_program_is_killed_with_all_that_it_started() {
        let dir = tempfile::tempdir().unwrap();
        let (pipe, ready) = (dir.path().join("pipe"), dir.path().join("ready"));
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        // The child of the program holds the pipe open for as long as it lives.
        let script = format!("(exec 3<>'{}'; : > '{}'; sleep 600) & wait", pipe.display(), ready.display());
        let reader = tokio::task::spawn_blocking(move || std::fs::read(pipe));
        let outcome = run(&shell(&script), Vec::new(), Duration::from_secs(2)).await;
        assert_eq!(outcome, error("killed after 2s"));
        assert!(ready.exists(), "it had begun");
        // Its end is reached only when nobody has the pipe open any more.
        let read = tokio::time::timeout(LONG, reader).await;
        assert_eq!(read.expect("nothing is left of it").unwrap().unwrap(), b"");
    }
}
