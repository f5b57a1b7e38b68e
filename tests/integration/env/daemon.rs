//! The daemon as a process.

use std::cell::RefCell;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver as Lines, channel};
use std::time::{Duration, Instant};

use super::PATIENCE;

/// A running daemon, which is killed with this value.
pub struct Daemon {
    child: Child,
    lines: Lines<String>,
    /// What was read of its log.
    log: RefCell<Vec<String>>,
}

/// How a daemon has ended.
#[derive(Debug)]
pub struct Exit {
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    pub took: Duration,
    /// What it had logged and nobody had waited for.
    pub said: Vec<String>,
}

impl Daemon {
    /// Starts a command that becomes the daemon. Its log is a pipe: in a file it would meet the limits of a full disk.
    pub fn start(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let (send, lines) = channel();
        std::thread::spawn(move || log.lines().map_while(Result::ok).try_for_each(|line| send.send(line)));
        Self { child, lines, log: RefCell::default() }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The next line of the log, unless it has ended or says nothing for too long.
    fn next(&self, deadline: Instant) -> Option<String> {
        let line = self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())).ok()?;
        self.log.borrow_mut().push(line.clone());
        Some(line)
    }

    /// The next line of the log that has these words.
    pub fn wait_for(&self, words: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.next(deadline) {
                Some(line) if line.contains(words) => return line,
                Some(_) => {}
                None => panic!("no `{words}` in {:#?}", self.log.borrow()),
            }
        }
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        self.log.borrow_mut().extend(self.lines.try_iter());
        self.log.borrow().join("\n")
    }

    /// The address of its health endpoint, from the log.
    pub fn address(&self) -> String {
        let line = self.wait_for("Health endpoint listening on");
        line.split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned()
    }

    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Signals it to stop, and waits until it has.
    pub fn stop(self, signal: &str) -> Exit {
        self.signal(signal);
        self.end()
    }

    /// Waits until it ends by itself.
    pub fn end(mut self) -> Exit {
        let started = Instant::now();
        let already = self.log.borrow().len();
        while self.next(started + PATIENCE).is_some() {}
        assert!(started.elapsed() < PATIENCE, "it does not end: {:#?}", self.log.borrow());
        let status = self.child.wait().unwrap();
        let said = self.log.take().split_off(already);
        Exit { code: status.code(), signal: status.signal(), took: started.elapsed(), said }
    }

    /// SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // Only a test that has failed leaves it running.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The answer of a health endpoint.
pub fn health(address: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"GET /healthz HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
