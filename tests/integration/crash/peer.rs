//! A receiver that can do what receivers do when they fail: each request by its own rule.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

/// What becomes of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is read and answered with this status.
    Answer(u16),
    /// It is answered with 429 and `Retry-After: 1`.
    Busy,
    /// It is taken, and answered with 204 some time later.
    Slow(Duration),
    /// It is taken, and the connection ends before the answer.
    Cut,
    /// The connection is reset before the body is read.
    Reset,
    /// It is read and never answered.
    Hang,
}

/// The answer of a receiver that takes what it gets.
pub const WELL: Fate = Fate::Answer(204);

impl Fate {
    /// Whether the answer says that the message was taken.
    pub fn accepts(self) -> bool {
        matches!(self, Self::Answer(200..=299) | Self::Slow(_))
    }
}

/// One message as it came.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// The endpoint that it was for: the first part of the path.
    pub endpoint: String,
    /// In which life of the daemon it was sent: the second part of the path.
    pub life: usize,
    /// The id of the alert.
    pub id: String,
    /// The body; none where the connection was reset before.
    pub body: Vec<u8>,
    /// What became of it.
    pub fate: Fate,
}

type Rule = Box<dyn Fn(&str, usize) -> Fate + Send>;

struct State {
    arrivals: Mutex<Vec<Arrival>>,
    came: Condvar,
    /// The fate of a request, by its endpoint and its number.
    rule: Mutex<Rule>,
}

/// A receiver on loopback; its threads live as long as the test.
pub struct Peer {
    pub address: String,
    state: Arc<State>,
}

impl Peer {
    pub fn start(rule: impl Fn(&str, usize) -> Fate + Send + 'static) -> Self {
        Self::listen(TcpListener::bind("127.0.0.1:0").unwrap(), rule)
    }

    pub fn listen(listener: TcpListener, rule: impl Fn(&str, usize) -> Fate + Send + 'static) -> Self {
        let address = listener.local_addr().unwrap().to_string();
        let state =
            State { arrivals: Mutex::default(), came: Condvar::new(), rule: Mutex::new(Box::new(rule)) };
        let state = Arc::new(state);
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, state) = (stream.unwrap(), Arc::clone(&shared));
                // A connection that ends early is what these tests are about.
                thread::spawn(move || serve(&state, stream).unwrap_or_default());
            }
        });
        Self { address, state }
    }

    /// Goes by another rule from now on.
    pub fn rule(&self, rule: impl Fn(&str, usize) -> Fate + Send + 'static) {
        *self.state.rule.lock().unwrap() = Box::new(rule);
    }

    pub fn arrivals(&self) -> Vec<Arrival> {
        self.state.arrivals.lock().unwrap().clone()
    }

    /// How many requests came.
    pub fn count(&self) -> usize {
        self.state.arrivals.lock().unwrap().len()
    }

    /// The ids of the messages that were taken.
    pub fn accepted(&self) -> BTreeSet<String> {
        let arrivals = self.arrivals().into_iter().filter(|arrival| arrival.fate.accepts());
        arrivals.map(|arrival| arrival.id).collect()
    }

    /// Waits until so many requests came, and says whether they did in time.
    pub fn wait_for(&self, count: usize, patience: Duration) -> bool {
        let arrivals = self.state.arrivals.lock().unwrap();
        let (arrivals, _) =
            self.state.came.wait_timeout_while(arrivals, patience, |came| came.len() < count).unwrap();
        arrivals.len() >= count
    }
}

/// Serves one connection until it ends.
fn serve(state: &State, mut stream: TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::with_capacity(256, stream.try_clone()?);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let mut path = line.split(' ').nth(1).unwrap().trim_start_matches('/').split('/');
        let (endpoint, life) = (path.next().unwrap().to_owned(), path.next().unwrap().parse().unwrap());
        let (mut id, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            match line.trim_end().split_once(": ") {
                Some(("webhook-id", value)) => value.clone_into(&mut id),
                Some(("content-length", value)) => length = value.parse().unwrap(),
                Some(_) => {}
                None => break,
            }
        }
        let number = state.arrivals.lock().unwrap().len();
        let fate = (state.rule.lock().unwrap())(&endpoint, number);
        let mut body = vec![0; if fate == Fate::Reset { 0 } else { length }];
        reader.read_exact(&mut body)?;
        state.arrivals.lock().unwrap().push(Arrival { endpoint, life, id, body, fate });
        state.came.notify_all();
        let answer = match fate {
            Fate::Answer(status) => format!("HTTP/1.1 {status} -\r\ncontent-length: 0\r\n\r\n"),
            Fate::Busy => "HTTP/1.1 429 -\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n".to_owned(),
            Fate::Slow(wait) => {
                thread::sleep(wait);
                "HTTP/1.1 204 -\r\n\r\n".to_owned()
            }
            // What was not read makes a reset of it.
            Fate::Cut | Fate::Reset => return Ok(()),
            Fate::Hang => return std::io::copy(&mut reader, &mut std::io::sink()).map(drop),
        };
        stream.write_all(answer.as_bytes())?;
    }
}
