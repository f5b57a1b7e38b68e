//! URLs and secrets: which can be used, and that none is shown.

use super::*;

fn url_error(url: &str) -> String {
    error(&ENDPOINT.replace("https://example.org", url))
}

fn secret_error(name: &str) -> String {
    error(&ENDPOINT.replace("OPS", name))
}

#[test]
fn a_url_is_one_that_a_message_can_be_sent_to() {
    let cases = [
        ("hook", "not a URL (relative URL without a base): expected one as in `https://example.org/hook`"),
        ("https://", "not a URL (empty host): expected one as in `https://example.org/hook`"),
        ("ftp://example.org", "the scheme is `ftp`: expected `https` or `http`"),
        ("mailto:a@example.org", "the scheme is `mailto`: expected `https` or `http`"),
        (
            "https://me:hunter2@example.org",
            "holds a user name or a password: expected a URL without; the signature shows who sends",
        ),
        (
            "https://token@example.org",
            "holds a user name or a password: expected a URL without; the signature shows who sends",
        ),
    ];
    for (url, expected) in cases {
        assert_eq!(url_error(url), format!("treatywatch.toml:3: endpoint.url: {expected}"), "{url}");
    }
}

#[test]
fn plain_http_stays_near_unless_it_is_allowed_to_leave() {
    let far = [
        "example.org",
        "localhost.example.org",
        "8.8.8.8",
        "172.32.0.1",
        "169.254.169.254",
        "[2001:db8::1]",
        "[fe80::1]",
        "[::ffff:8.8.8.8]",
    ];
    for host in far {
        let url = format!("http://{host}/hook");
        assert!(read(&ENDPOINT.replace("https://example.org", &url)).is_err(), "{host}");
        let allowed = format!("{}allow_http = true", ENDPOINT.replace("https://example.org", &url));
        assert!(read(&allowed).is_ok(), "{host}");
    }
    let near = [
        "localhost",
        "LOCALHOST:8080",
        "127.0.0.1",
        "127.1",
        "10.1.2.3",
        "172.31.0.1",
        "192.168.0.1",
        "[::1]",
        "[fd00::1]",
        "[::ffff:10.0.0.1]",
    ];
    for host in near {
        let url = format!("http://{host}/hook");
        assert!(read(&ENDPOINT.replace("https://example.org", &url)).is_ok(), "{host}");
    }
    assert_eq!(
        url_error("http://example.org/hook?token=1"),
        "treatywatch.toml:3: endpoint.url: plain http to `example.org`, which is not a loopback or private \
         address: expected https, or `allow_http = true`"
    );
}

#[test]
fn a_secret_that_cannot_be_used_is_refused_and_not_shown() {
    let cases = [
        ("NOTHING", "the environment has no variable `NOTHING`: expected one that holds a secret"),
        ("BLANK", "the secret is empty: expected `whsec_` and a key in base64"),
        ("SHORT", "the secret's key has 23 bytes: expected 24 to 64"),
        ("LONG", "the secret's key has 65 bytes: expected 24 to 64"),
        (
            "PLAIN",
            "the secret is not in the form of Standard Webhooks: expected `whsec_` and a key in base64",
        ),
        (
            "GARBLED",
            "the secret is not in the form of Standard Webhooks: expected `whsec_` and a key in base64",
        ),
        ("MANY", "5 secrets: expected at most 4"),
        (
            "WEAK",
            "the secret's key repeats a few bytes: expected random ones, as `openssl rand -base64 32` makes",
        ),
        (SECRET, "holds the secret itself: expected the name of a variable that holds it"),
    ];
    for (name, expected) in cases {
        assert_eq!(
            secret_error(name),
            format!("treatywatch.toml:4: endpoint.secret_env: {expected}"),
            "{name}"
        );
    }
    assert_eq!(
        error("[[endpoint]]\nname = 'ops'\nurl = 'https://example.org'\n"),
        "treatywatch.toml:1: endpoint: no secret: expected `secret_env` or `secret_file`"
    );
}

#[test]
fn a_secret_can_be_in_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("secret");
    let text = ENDPOINT.replace("secret_env = 'OPS'", &format!("secret_file = '{}'", path.display()));
    let refused = |expected: &str| {
        assert_eq!(error(&text), format!("treatywatch.toml:4: endpoint.secret_file: {expected}"));
    };
    refused(&format!("cannot read {}: No such file or directory (os error 2)", path.display()));

    std::fs::write(&path, format!("{SECRET}\r\n")).unwrap();
    let config = read(&text).unwrap();
    let key = &web(&config.endpoints[0]).keys[0];
    assert_eq!(key.expose_secret(), BASE64.decode(&SECRET[6..]).unwrap());

    std::fs::write(&path, "whsec_hunter2").unwrap();
    refused("the secret is not in the form of Standard Webhooks: expected `whsec_` and a key in base64");
    std::fs::write(&path, " ".repeat(4097)).unwrap();
    refused(&format!(
        "{} is longer than 4096 bytes: expected a file that holds a secret only",
        path.display()
    ));
    assert_eq!(
        error(&ENDPOINT.replace("secret_env = 'OPS'", &format!("secret_file = '{SECRET}'"))),
        "treatywatch.toml:4: endpoint.secret_file: holds the secret itself: expected the name of a file \
         that holds it"
    );
}

#[test]
fn a_url_that_is_a_secret_can_be_outside_of_the_configuration() {
    const SLACK: &str = "[[endpoint]]\nname = 'ops'\nformat = 'slack'\n";
    let url = "https://hooks.example.org/services/url-token";
    let config = read(&format!("{SLACK}url_env = 'URL'\n")).unwrap();
    assert_eq!(web(&config.endpoints[0]).url.as_str(), url);
    assert!(config.secret_files.is_empty() && !format!("{config:?}").contains("url-token"));
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("url");
    let text = format!("{SLACK}url_file = '{}'\n", path.display());
    let refused = |expected: &str| {
        assert_eq!(error(&text), format!("treatywatch.toml:4: endpoint.url_file: {expected}"));
    };
    refused(&format!("cannot read {}: No such file or directory (os error 2)", path.display()));
    std::fs::write(&path, "http://hooks.example.org/services/url-token").unwrap();
    refused(
        "plain http to `hooks.example.org`, which is not a loopback or private address: expected https, or \
         `allow_http = true`",
    );
    std::fs::write(&path, "url-token").unwrap();
    refused("not a URL (relative URL without a base): expected one as in `https://example.org/hook`");
    std::fs::write(&path, format!("{url}\r\n")).unwrap();
    let config = read(&text).unwrap();
    assert_eq!(web(&config.endpoints[0]).url.as_str(), url);
    assert_eq!(config.secret_files, [path]);
    // Who only asks needs no secret.
    let config = read_without_secrets(&text.replace("/url", "/none")).unwrap();
    assert!(web(&config.endpoints[0]).url.host_str().unwrap().ends_with(".invalid"));

    let of = |lines: &str| error(&format!("{SLACK}{lines}\n"));
    let at = |line, field, problem: &str| format!("treatywatch.toml:{line}: endpoint.{field}: {problem}");
    let two = "two URLs: expected one of `url`, `url_env` and `url_file`";
    assert_eq!(of("url = 'https://example.org'\nurl_env = 'URL'"), at(5, "url_env", two));
    assert_eq!(of("url = 'https://example.org'\nurl_file = 'x'"), at(5, "url_file", two));
    assert_eq!(of("url_env = 'URL'\nurl_file = 'x'"), at(5, "url_file", two));
    assert_eq!(
        of("url_env = 'NOTHING'"),
        at(4, "url_env", "the environment has no variable `NOTHING`: expected one that holds a secret")
    );
    assert!(of("url_env = 'FAR'").contains("plain http to `hooks.example.org`"));
    let itself = "holds the secret itself: expected the name of a variable that holds it";
    assert_eq!(of(&format!("url_env = '{url}'")), at(4, "url_env", itself));
    let none = "no URL: expected one of `url`, `url_env` and `url_file`";
    assert_eq!(of(""), format!("treatywatch.toml:1: endpoint: {none}"));
}

#[test]
fn debug_shows_neither_a_secret_nor_a_token() {
    let shown = format!("{:?}", read(&ENDPOINT.replace("org", "org/path-token?query-token")).unwrap());
    assert!(shown.contains("origin: \"https://example.org\""), "{shown}");
    assert!(!shown.contains("token"), "{shown}");
    // The first bytes of the key, as a list and in base64.
    assert!(!shown.contains("49, 242") && !shown.contains("MfKQ"), "{shown}");
}
