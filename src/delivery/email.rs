//! E-mail: one message an alert, all of a treaty, source or endpoint in one thread.

use std::fmt;
use std::time::Duration;

use lettre::Message;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, address::AddressError};
use secrecy::SecretString;
use url::Host;

use super::client::failed;
use super::formats::Card;
use super::smtp;
use crate::domain::delivery::{Outcome, RaisedAlert};
use crate::domain::lang::Lang;
use crate::domain::text::with_causes;
use crate::l10n::colon;
use crate::wire::Authorities;

/// What ends a line in mail.
const CRLF: &str = "\r\n";

/// A mail server, and who writes to whom.
#[derive(Clone)]
pub struct Mail {
    /// The server.
    pub server: MailServer,
    /// A user and a password, if the server asks for them.
    pub credentials: Option<(String, SecretString)>,
    /// Who writes.
    pub from: Mailbox,
    /// To whom; at least one.
    pub to: Vec<Mailbox>,
    /// The authorities that the server's certificate may come from; none: those of this machine.
    pub authorities: Option<Authorities>,
    /// How the machine names itself to the server; none: by its own name, or by the domain of the sender where that
    /// is a local one.
    pub helo: Option<String>,
}

/// A server that takes mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailServer {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way there is protected.
    pub security: Security,
}

/// How the way to a mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte.
    Tls,
    /// TLS after STARTTLS; without it nothing is sent.
    StartTls,
    /// Not at all.
    Plain,
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").field("server", &self.server).finish_non_exhaustive()
    }
}

impl fmt::Display for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.security {
            Security::Tls => "smtps",
            Security::StartTls => "smtp+starttls",
            Security::Plain => "smtp",
        };
        write!(f, "{scheme}://{}:{}", self.host, self.port)
    }
}

impl Mail {
    /// The message that tells of an alert: the same bytes in every attempt.
    pub fn message(&self, raised: &RaisedAlert, lang: Lang) -> Result<Message, lettre::error::Error> {
        let card = Card::of(raised, lang);
        let domain = self.from.email.domain();
        // Nobody has sent it: it only holds together what is about one thing.
        let thread = format!("<thread.{}@{domain}>", card.subject);
        let mut message = Message::builder()
            .message_id(Some(format!("<{}@{domain}>", card.id)))
            .in_reply_to(thread.clone())
            .references(thread)
            .date(raised.raised_at.into())
            .from(self.from.clone())
            .subject(card.headline.clone())
            // RFC 3834: nothing that answers by itself answers to this.
            .raw_header(automatic());
        for to in &self.to {
            message = message.to(to.clone());
        }
        let parts = MultiPart::alternative()
            .boundary(format!("treatywatch-{}", card.id))
            .singlepart(SinglePart::plain(text(&card)))
            .singlepart(SinglePart::html(html(&card)));
        message.multipart(parts)
    }

    /// Makes one attempt.
    pub(super) async fn send(&self, raised: &RaisedAlert, lang: Lang, timeout: Duration) -> Outcome {
        let message = match self.message(raised, lang) {
            Ok(message) => message,
            Err(error) => return failed(format!("no message can be made: {}", with_causes(&error)), None),
        };
        match smtp::hand_over(self, &message, timeout).await {
            Ok(()) => Outcome::Delivered,
            Err(error) => failed(error, None),
        }
    }
}

/// Reads an address, with or without a name before it. Its domain becomes ASCII (IDNA), which every server takes; what
/// stands before the `@` has no such form.
pub fn address(text: &str) -> Result<Mailbox, AddressError> {
    let mut mailbox: Mailbox = text.parse()?;
    if !mailbox.email.domain().is_ascii() {
        let Ok(Host::Domain(domain)) = Host::parse(mailbox.email.domain()) else {
            return Err(AddressError::InvalidDomain);
        };
        mailbox.email = Address::new(mailbox.email.user(), domain)?;
    }
    Ok(mailbox)
}

fn automatic() -> HeaderValue {
    let name = HeaderName::new_from_ascii_str("Auto-Submitted");
    HeaderValue::new(name, "auto-generated".to_owned())
}

pub(super) fn one_line(text: &str) -> String {
    text.split(char::is_control).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn text(card: &Card) -> String {
    let colon = colon(card.lang);
    let mut lines = vec![card.headline.clone(), String::new(), card.sentence.clone(), String::new()];
    lines.extend(card.facts.iter().map(|fact| format!("{}{colon}{}", fact.label, fact.value)));
    let list = card.list().lines;
    if !list.is_empty() {
        lines.push(String::new());
        lines.extend(list.iter().map(|line| format!("- {line}")));
    }
    if let Some(source) = &card.source {
        lines.extend([String::new(), source.clone()]);
    }
    lines.extend([String::new(), "-- ".to_owned(), card.id.clone()]);
    lines.join(CRLF) + CRLF
}

fn html(card: &Card) -> String {
    let (colon, language) = (colon(card.lang), card.lang.as_str());
    let (title, sentence) = (escaped(&card.headline), escaped(&card.sentence));
    let mut lines = vec![
        "<!doctype html>".to_owned(),
        format!(
            "<html lang=\"{language}\"><head><meta charset=\"utf-8\"><title>{title}</title></head><body>"
        ),
        format!("<p><strong>{title}</strong></p>"),
        format!("<p>{sentence}</p>"),
        "<p>".to_owned(),
    ];
    let fact = |label: &str, value: &str| format!("{}{colon}{}<br>", escaped(label), escaped(value));
    lines.extend(card.facts.iter().map(|known| fact(known.label, &known.value)));
    lines.push("</p>".to_owned());
    let list = card.list().lines;
    if !list.is_empty() {
        lines.push("<ul>".to_owned());
        lines.extend(list.iter().map(|line| format!("<li>{}</li>", escaped(line))));
        lines.push("</ul>".to_owned());
    }
    if let Some(source) = &card.source {
        let source = escaped(source);
        lines.push(format!("<p><a href=\"{source}\">{source}</a></p>"));
    }
    lines.push(format!("<p><small>{}</small></p>", escaped(&card.id)));
    lines.push("</body></html>".to_owned());
    lines.join(CRLF) + CRLF
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;
    use crate::delivery::formats::tests::{ends, samples};
    use crate::delivery::sample;
    use crate::delivery::testing::{AUTHORITY, acceptor};
    use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
    use tokio::net::TcpListener;
    use tokio::task::JoinHandle;

    const TIMEOUT: Duration = Duration::from_secs(20);

    /// What a server was told: the commands, and the message.
    #[derive(Debug, Default)]
    struct Session {
        commands: Vec<String>,
        message: String,
    }

    /// A mail server for one session: it offers PLAIN, no STARTTLS, and answers `refusal` to its message.
    async fn server(refusal: Option<&'static str>) -> (SocketAddr, JoinHandle<Session>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let session = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            serve(stream, refusal).await
        });
        (address, session)
    }

    async fn serve(stream: impl AsyncRead + AsyncWrite, refusal: Option<&str>) -> Session {
        let (read, mut write) = tokio::io::split(stream);
        let mut lines = BufReader::new(read).lines();
        let mut session = Session::default();
        write.write_all(b"220 mail.example.org\r\n").await.unwrap();
        while let Ok(Some(line)) = lines.next_line().await {
            let answer = match line.split([' ', ':']).next().unwrap() {
                "EHLO" if line.ends_with("utf8.example.org") => {
                    "250-mail.example.org\r\n250-SMTPUTF8\r\n250 8BITMIME\r\n".to_owned()
                }
                "EHLO" => "250-mail.example.org\r\n250-8BITMIME\r\n250 AUTH PLAIN\r\n".to_owned(),
                "AUTH" => "235 2.7.0 welcome\r\n".to_owned(),
                "DATA" => {
                    write.write_all(b"354 go on\r\n").await.unwrap();
                    while let Some(line) = lines.next_line().await.unwrap().filter(|line| line != ".") {
                        session.message.push_str(&line);
                        session.message.push('\n');
                    }
                    format!("{}\r\n", refusal.unwrap_or("250 2.0.0 taken"))
                }
                "QUIT" => "221 bye\r\n".to_owned(),
                _ => "250 2.1.0 fine\r\n".to_owned(),
            };
            session.commands.push(line);
            if write.write_all(answer.as_bytes()).await.is_err() {
                break;
            }
        }
        session
    }

    fn mail(address: SocketAddr) -> Mail {
        let server =
            MailServer { host: address.ip().to_string(), port: address.port(), security: Security::Plain };
        Mail {
            server,
            credentials: None,
            from: "Treatywatch <alerts@example.org>".parse().unwrap(),
            to: vec!["desk@example.org".parse().unwrap(), "Ops <ops@example.com>".parse().unwrap()],
            authorities: None,
            helo: Some("watch.example.org".to_owned()),
        }
    }

    fn nowhere() -> Mail {
        mail(([127, 0, 0, 1], 25).into())
    }

    fn formatted(raised: &RaisedAlert, lang: Lang) -> String {
        String::from_utf8(nowhere().message(raised, lang).unwrap().formatted()).unwrap()
    }

    #[tokio::test]
    async fn a_message_arrives_for_everybody() {
        let (address, session) = server(None).await;
        assert_eq!(mail(address).send(&sample::approaching(), Lang::En, TIMEOUT).await, Outcome::Delivered);
        let session = session.await.unwrap();
        let told: Vec<&str> =
            session.commands.iter().map(String::as_str).filter(|line| line.contains("<")).collect();
        assert_eq!(
            told,
            ["MAIL FROM:<alerts@example.org>", "RCPT TO:<desk@example.org>", "RCPT TO:<ops@example.com>"]
        );
        assert!(session.message.contains("Message-ID: <msg_00000000000000000000000000000000@example.org>"));
    }

    #[tokio::test]
    async fn a_password_is_given_to_the_server() {
        let (address, session) = server(None).await;
        let mut mail = mail(address);
        mail.credentials = Some(("alerts".to_owned(), "hunter2".to_owned().into()));
        assert!(!format!("{mail:?}").contains("hunter2"));
        assert_eq!(mail.send(&sample::approaching(), Lang::En, TIMEOUT).await, Outcome::Delivered);
        // RFC 4616: the user and the password, each after a zero byte.
        assert!(session.await.unwrap().commands.contains(&"AUTH PLAIN AGFsZXJ0cwBodW50ZXIy".to_owned()));
    }

    #[tokio::test]
    async fn a_domain_of_any_script_goes_out_in_ascii() {
        let (address, session) = server(None).await;
        let mut mail = mail(address);
        let read = |text| super::address(text).unwrap();
        mail.from = read("Wächter <alerts@außen.example>");
        mail.to = vec![read("amt@außen.example"), read("Бюро <desk@пример.рф>"), read("a@例え.テスト")];
        assert_eq!(mail.send(&sample::approaching(), Lang::En, TIMEOUT).await, Outcome::Delivered);
        let session = session.await.unwrap();
        let told: Vec<&str> =
            session.commands.iter().map(String::as_str).filter(|line| line.contains('<')).collect();
        assert_eq!(
            told,
            [
                "MAIL FROM:<alerts@xn--auen-wna.example>",
                "RCPT TO:<amt@xn--auen-wna.example>",
                "RCPT TO:<desk@xn--e1afmkfd.xn--p1ai>",
                "RCPT TO:<a@xn--r8jz45g.xn--zckzah>",
            ]
        );
        assert!(session.message.is_ascii(), "{}", session.message);
    }

    #[tokio::test]
    async fn an_address_that_needs_smtputf8_is_named_where_there_is_none() {
        let (address, session) = server(None).await;
        let mut mail = mail(address);
        mail.to.push(super::address("дежурный@пример.рф").unwrap());
        let Outcome::Failed { error, .. } = mail.send(&sample::approaching(), Lang::En, TIMEOUT).await else {
            panic!("the server cannot take it")
        };
        assert_eq!(
            error,
            "the address `дежурный@xn--e1afmkfd.xn--p1ai` needs SMTPUTF8, which the server does not offer: expected an \
             address with ASCII before the `@`"
        );
        let session = session.await.unwrap();
        assert!(!session.commands.iter().any(|line| line.starts_with("MAIL")), "{session:?}");

        let (address, session) = server(None).await;
        mail.server.port = address.port();
        mail.helo = Some("utf8.example.org".to_owned());
        assert_eq!(mail.send(&sample::approaching(), Lang::En, TIMEOUT).await, Outcome::Delivered);
        let session = session.await.unwrap();
        assert!(
            session.commands.contains(&"RCPT TO:<дежурный@xn--e1afmkfd.xn--p1ai>".to_owned()),
            "{session:?}"
        );
        let options = session.commands.iter().find(|line| line.starts_with("MAIL")).unwrap();
        assert!(options.contains("SMTPUTF8") && options.contains("BODY=8BITMIME"), "{options}");
        assert!(session.message.contains("дежурный@xn--e1afmkfd.xn--p1ai"), "{}", session.message);
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in ["nobody", "a@", "@example.org", "a@-.example", "a@b c", "a@аu\u{202e}.example"] {
            assert!(super::address(text).is_err(), "{text}");
        }
    }

    #[tokio::test]
    async fn what_a_server_refuses_is_a_failure_with_its_words() {
        let (address, _session) = server(Some("451 4.3.0 come back later")).await;
        let Outcome::Failed { error, .. } =
            mail(address).send(&sample::approaching(), Lang::En, TIMEOUT).await
        else {
            panic!("it was refused")
        };
        assert!(error.contains("451") && error.contains("come back later"), "{error}");
    }

    #[tokio::test]
    async fn without_the_tls_that_was_asked_for_nothing_is_said() {
        let (address, session) = server(None).await;
        let mut mail = mail(address);
        mail.server.security = Security::StartTls;
        mail.credentials = Some(("alerts".to_owned(), "hunter2".to_owned().into()));
        let outcome = mail.send(&sample::approaching(), Lang::En, TIMEOUT).await;
        assert!(matches!(outcome, Outcome::Failed { .. }), "{outcome:?}");
        let session = session.await.unwrap();
        assert!(
            !session.commands.iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")),
            "{session:?}"
        );
    }

    #[tokio::test]
    async fn a_server_of_a_private_authority_is_trusted_if_that_is_named() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut mail = mail(listener.local_addr().unwrap());
        mail.server.security = Security::Tls;
        let session = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                // One who does not trust it leaves during the handshake.
                if let Ok(stream) = acceptor().accept(stream).await {
                    let session = serve(stream, None).await;
                    if !session.message.is_empty() {
                        return session;
                    }
                }
            }
        });
        let outcome = mail.send(&sample::approaching(), Lang::En, TIMEOUT).await;
        assert!(matches!(outcome, Outcome::Failed { .. }), "{outcome:?}");
        mail.authorities = Some(Authorities::read(AUTHORITY).unwrap());
        assert_eq!(mail.send(&sample::approaching(), Lang::En, TIMEOUT).await, Outcome::Delivered);
        assert!(session.await.unwrap().message.contains("Message-ID: <msg_"));
    }

    /// A server that says something for as long as it is heard; gives how much that was.
    async fn server_without_end(
        greeting: &'static [u8],
        again: &'static [u8],
    ) -> (SocketAddr, JoinHandle<usize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let said = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let (mut said, more) = (greeting.len(), again.repeat(1000));
            stream.write_all(greeting).await.unwrap();
            // The operating system takes some of it on either side, whoever reads it.
            while said < 64 << 20 && stream.write_all(&more).await.is_ok() {
                said += more.len();
            }
            said
        });
        (address, said)
    }

    #[tokio::test]
    async fn a_server_that_says_something_without_end_is_left_at_once() {
        let cases: [(Security, &[u8], &[u8]); 6] = [
            (Security::Plain, b"220 mail", b"xxxxxxxx"),
            (Security::StartTls, b"220 mail", b"xxxxxxxx"),
            (Security::Tls, b"220 mail", b"xxxxxxxx"),
            (Security::Plain, b"", b"220-mail.example.org\r\n"),
            (Security::Plain, b"", b"220-\r\n"),
            (Security::Plain, b"220 mail.example.org\r\n250-", b"xxxxxxxx"),
        ];
        for (security, greeting, again) in cases {
            let (address, said) = server_without_end(greeting, again).await;
            let mut mail = mail(address);
            mail.server.security = security;
            let Outcome::Failed { error, .. } =
                mail.send(&sample::approaching(), Lang::En, 6 * TIMEOUT).await
            else {
                panic!("nothing was taken")
            };
            assert!(!error.contains("timed out"), "{security:?}: {error}");
            let said = said.await.unwrap();
            assert!(said < 64 << 20, "{security:?} {again:?}: {said} bytes were read, {error}");
        }
    }

    #[tokio::test]
    async fn a_server_that_has_taken_a_message_need_not_say_goodbye() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mail = mail(listener.local_addr().unwrap());
        let served = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let (read, mut write) = tokio::io::split(stream);
            let mut lines = BufReader::new(read).lines();
            write.write_all(b"220 mail.example.org\r\n").await.unwrap();
            while let Ok(Some(line)) = lines.next_line().await {
                match line.as_str() {
                    "QUIT" => return std::future::pending().await,
                    "DATA" => write.write_all(b"354 go on\r\n").await.unwrap(),
                    // What is in the message is answered by nobody, but for its end.
                    _ if line.starts_with("EHLO")
                        || line == "."
                        || line.contains("<") && line.contains(":<") =>
                    {
                        write.write_all(b"250 8BITMIME\r\n").await.unwrap();
                    }
                    _ => {}
                }
            }
        });
        assert_eq!(mail.send(&sample::approaching(), Lang::En, TIMEOUT).await, Outcome::Delivered);
        served.abort();
    }

    #[tokio::test]
    async fn a_server_with_other_ways_to_log_in_is_named_with_them() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut mail = mail(listener.local_addr().unwrap());
        mail.credentials = Some(("alerts".to_owned(), "hunter2".to_owned().into()));
        let served = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let (read, mut write) = tokio::io::split(stream);
            let mut lines = BufReader::new(read).lines();
            write.write_all(b"220 mail.example.org\r\n").await.unwrap();
            let mut said = Vec::new();
            while let Ok(Some(line)) = lines.next_line().await {
                said.push(line);
                write.write_all(b"250-mail.example.org\r\n250 AUTH XOAUTH2 GSSAPI\r\n").await.unwrap();
            }
            said
        });
        let Outcome::Failed { error, .. } = mail.send(&sample::approaching(), Lang::En, TIMEOUT).await else {
            panic!()
        };
        assert_eq!(
            error,
            "the server offers only these ways to log in: XOAUTH2 GSSAPI; treatywatch knows PLAIN and LOGIN"
        );
        let said = served.await.unwrap();
        assert_eq!(said, ["EHLO watch.example.org", "EHLO watch.example.org"]);
    }

    #[tokio::test]
    async fn a_server_that_never_answers_is_left() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mail = mail(listener.local_addr().unwrap());
        let outcome = mail.send(&sample::approaching(), Lang::En, Duration::from_millis(200)).await;
        assert!(matches!(outcome, Outcome::Failed { .. }), "{outcome:?}");
    }

    #[test]
    fn a_message_is_the_same_in_every_attempt_and_threads_by_treaty() {
        let text = formatted(&sample::approaching(), Lang::En);
        assert_eq!(text, formatted(&sample::approaching(), Lang::En));
        for header in [
            "Date: Wed, 03 Jul 2019 00:05:00 +0000",
            "References: <thread.inf@example.org>",
            "In-Reply-To: <thread.inf@example.org>",
            "Auto-Submitted: auto-generated",
        ] {
            assert!(text.contains(&format!("{header}\r\n")), "{header}: {text}");
        }
    }

    #[test]
    fn what_people_read() {
        let shown = samples().map(|(name, raised, lang)| {
            let card = Card::of(&raised, lang);
            let mut lines =
                vec![format!("# {name} ({})", lang.as_str()), format!("Subject: {}", card.headline)];
            for body in [text(&card), html(&card)] {
                lines.push(String::new());
                lines.extend(body.lines().map(ends));
            }
            lines.join("\n")
        });
        // Of a hundred changes, the first will do.
        let is_shown = |line: &&str| !line.contains(" X") && !line.contains(">X") || line.contains("XAA");
        let shown = shown.join("\n\n");
        let mut shown: Vec<&str> = shown.lines().filter(is_shown).collect();
        // A long digest repeats its lines.
        shown.dedup_by(|line, before| line == before && !line.is_empty());
        insta::assert_snapshot!(shown.join("\n"));
    }

    #[test]
    fn nothing_in_a_sentence_acts_in_the_mail() {
        let mut raised = sample::approaching();
        raised.alert.headline = "A <b>\r\nBcc: all@example.org".to_owned();
        raised.alert.sentence = "B <b>".to_owned();
        let card = Card::of(&raised, Lang::En);
        assert_eq!(card.headline, "A <b>␍␊Bcc: all@example.org");
        assert!(html(&card).contains("<p>B &lt;b&gt;"));
        for nasty in crate::domain::outside::NASTY {
            raised.alert.headline = format!("A{nasty}");
            raised.alert.sentence = format!("A{nasty}");
            raised.alert.article = Some(nasty.to_string());
            raised.alert.source = Some(format!("https://example.org/{nasty}"));
            let card = Card::of(&raised, Lang::En);
            for part in [card.headline.clone(), text(&card).replace(CRLF, ""), html(&card).replace(CRLF, "")]
            {
                assert!(!part.chars().any(crate::domain::outside::acts), "{part:?}");
            }
        }
    }

    /// The encoded words of a subject, each decoded by itself, with the longest line.
    fn unfolded(message: &str) -> (String, usize) {
        use base64::Engine as _;
        let start = message.find("\r\nSubject: ").unwrap() + 2;
        let header = &message[start..];
        // A line that begins with a space goes on with the one before.
        let lines: Vec<&str> = header.split("\r\n").collect();
        let more = lines.iter().skip(1).take_while(|line| line.starts_with(' ')).count();
        let lines = &lines[..=more];
        let words = lines.iter().flat_map(|line| line.trim_start_matches("Subject:").split_whitespace());
        let decoded = words.map(|word| {
            let inner = word.strip_prefix("=?utf-8?b?").and_then(|word| word.strip_suffix("?=")).unwrap();
            // RFC 2047, section 5: no character is split between two words.
            String::from_utf8(base64::engine::general_purpose::STANDARD.decode(inner).unwrap()).unwrap()
        });
        (decoded.collect(), lines.iter().map(|line| line.len()).max().unwrap())
    }

    #[test]
    fn a_long_subject_of_another_script_is_folded_between_characters() {
        for (lang, sentence) in [
            (Lang::Zh, "公约于二〇二七年三月五日对该国生效。".repeat(9)),
            (Lang::Ru, "Конвенцияоконвенциях,вступающаявсилу;".repeat(4)),
        ] {
            let mut raised = sample::approaching();
            (raised.alert.headlines.zh, raised.alert.headlines.ru) =
                (Some(sentence.clone()), Some(sentence.clone()));
            let (read, longest) = unfolded(&formatted(&raised, lang));
            assert_eq!(read, sentence);
            assert!(longest <= 78, "{longest}");
        }
    }
}
