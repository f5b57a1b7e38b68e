//! The ways to send: formats, mail, commands, templates, authorities.

use super::*;
use crate::delivery::formats::Body;

#[test]
fn each_format_has_its_keys() {
    let of = |format: &str, lines: &str| {
        let url = if lines.contains("url =") { "" } else { "url = 'https://example.org/hook'\n" };
        format!("[[endpoint]]\nname = 'ops'\nformat = '{format}'\n{url}{lines}")
    };
    // The URL is the secret; a signature is added where a key is given.
    for format in ["slack", "discord", "teams", "ntfy"] {
        assert!(web(&read(&of(format, "")).unwrap().endpoints[0]).keys.is_empty(), "{format}");
        assert_eq!(
            web(&read(&of(format, "secret_env = 'OPS'")).unwrap().endpoints[0]).keys.len(),
            1,
            "{format}"
        );
    }
    let refused = [
        ("pager", "", "3: endpoint.format: unknown format `pager`, expected one of cloudevents, slack, "),
        ("cloudevents", "", "1: endpoint: no secret"),
        ("slack", "template = 'x'", "5: endpoint: format `slack` has no key `template`"),
        ("slack", "content_type = 'x/y'", "5: endpoint: format `slack` has no key `content_type`"),
        ("ntfy", "url = 'https://ntfy.example.org/'", "4: endpoint.url: ends with no topic"),
        ("template", "secret_env = 'OPS'", "1: endpoint: missing field `template`"),
        ("template", "secret_env = 'OPS'\ntemplate = '/none'", "6: endpoint.template: cannot read /none: "),
        (
            "template",
            "template = 'x'\ncontent_type = 'json'",
            "6: endpoint.content_type: `json` is not a media type",
        ),
    ];
    for (format, lines, expected) in refused {
        let error = error(&of(format, lines));
        assert!(error.starts_with(&format!("treatywatch.toml:{expected}")), "{format}: {error}");
    }
}

/// An endpoint that sends mail, with these lines besides.
fn mail(lines: &str) -> String {
    let own = |key: &str, value: &str| {
        if lines.contains(&format!("{key} =")) { String::new() } else { format!("{key} = {value}\n") }
    };
    let smtp = own("smtp", "'smtps://mail.example.org'");
    let (from, to) = (own("from", "'alerts@example.org'"), own("to", "['Desk <desk@example.org>']"));
    format!("[[endpoint]]\nname = 'ops'\nformat = 'email'\n{lines}\n{smtp}{from}{to}")
}

#[test]
fn a_mail_server_is_reached_as_it_says() {
    let server = |lines: &str| {
        let config = read(&mail(lines)).unwrap();
        let Channel::Email(mail) = &config.endpoints[0].target.channel else { panic!("{config:?}") };
        mail.server.to_string()
    };
    assert_eq!(server(""), "smtps://mail.example.org:465");
    assert_eq!(server("smtp = 'smtp+starttls://mail.example.org'"), "smtp+starttls://mail.example.org:587");
    assert_eq!(server("smtp = 'smtp://127.0.0.1:2525'"), "smtp://127.0.0.1:2525");
    assert_eq!(server("smtp = 'smtp://localhost'"), "smtp://localhost:25");
    assert_eq!(server("smtp = 'smtp://[::1]'"), "smtp://::1:25");
    assert_eq!(server("allow_plain = true\nsmtp = 'smtp://mail.example.org'"), "smtp://mail.example.org:25");
}

#[test]
fn mail_that_cannot_be_sent_is_refused() {
    let form = "not a mail server: expected one as in `smtps://mail.example.org` or \
                `smtp+starttls://mail.example.org:587`";
    let cases = [
        ("smtp = 'mail.example.org'", format!("4: endpoint.smtp: {form}")),
        ("smtp = 'https://mail.example.org'", format!("4: endpoint.smtp: {form}")),
        ("smtp = 'smtps://me:hunter2@mail.example.org'", format!("4: endpoint.smtp: {form}")),
        (
            "smtp = 'smtp://mail.example.org'",
            "4: endpoint.smtp: plain smtp to `mail.example.org`, which is not a loopback or private address: \
             expected smtps or smtp+starttls, or `allow_plain = true`"
                .to_owned(),
        ),
        (
            "from = 'nobody'",
            "4: endpoint.from: `nobody` is not a mail address: expected one as in `desk@example.org` or \
             `Desk <desk@example.org>`"
                .to_owned(),
        ),
        (
            "to = []",
            "4: endpoint.to: an empty list: expected at least one value, or no such key, which means all".to_owned(),
        ),
        (
            &format!("to = [{}]", "'desk@example.org', ".repeat(51)),
            "4: endpoint.to: 51 values: expected at most 50".to_owned(),
        ),
        (
            "user = 'me'",
            "4: endpoint.user: a user without a password: expected `password_env` or `password_file` beside it"
                .to_owned(),
        ),
        (
            "password_env = 'PLAIN'",
            "4: endpoint.password_env: a password without a user: expected `user` beside it".to_owned(),
        ),
        (
            "user = 'me'\npassword_env = 'NOTHING'",
            "5: endpoint.password_env: the environment has no variable `NOTHING`: expected one that holds a secret"
                .to_owned(),
        ),
        (
            "url = 'https://example.org'",
            "4: endpoint: format `email` has no key `url`, expected one of `name`, `format`, `language`, `treaties`, \
             `kinds`, `min_severity`, `lead_days`, `digest`, `report`, `timeout_s`, `concurrency`, `smtp`, `from`, \
             `to`, `user`, `password_env`, `password_file`, `helo`, `allow_plain`, `ca_file`"
                .to_owned(),
        ),
    ];
    for (lines, expected) in cases {
        assert_eq!(error(&mail(lines)), format!("treatywatch.toml:{expected}"), "{lines}");
    }
    let config = read(&mail("user = 'me'\npassword_env = 'PLAIN'")).unwrap();
    assert!(!format!("{config:?}").contains("MfKQ"));
}

#[test]
fn a_command_is_a_program_and_its_arguments() {
    let of = |lines: &str| format!("[[endpoint]]\nname = 'ops'\nformat = 'command'\n{lines}");
    let config = read(&of("command = ['notify', '--token', 'hunter2']")).unwrap();
    assert_eq!(config.endpoints[0].target.place(), "notify");
    assert!(!format!("{config:?}").contains("hunter2"));
    assert_eq!(
        error(&of("command = []")),
        "treatywatch.toml:4: endpoint.command: no command: expected a program and its arguments, as in \
         `[\"notify\", \"--urgent\"]`"
    );
    assert_eq!(error(&of("")), "treatywatch.toml:1: endpoint: missing field `command`");
}

#[test]
fn a_template_is_tried_when_it_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("body.j2");
    let text = format!("{ENDPOINT}format = 'template'\ntemplate = '{}'\n", path.display());
    std::fs::write(&path, "{\"text\": {{ sentence }}}").unwrap();
    assert!(matches!(web(&read(&text).unwrap().endpoints[0]).body, Body::Template(_)));
    std::fs::write(&path, "{\"text\":\n{{ sentense }}}").unwrap();
    assert_eq!(
        error(&text),
        "treatywatch.toml:6: endpoint.template: undefined value, in line 2 of the template: expected a template \
         that works for every alert"
    );
}

#[test]
fn authorities_are_read_with_the_configuration() {
    let fixture = |name: &str| format!("{}/tests/fixtures/tls/{name}", env!("CARGO_MANIFEST_DIR"));
    let of = |file: &str| format!("{ENDPOINT}ca_file = '{file}'");
    assert!(web(&read(&of(&fixture("ca.pem"))).unwrap().endpoints[0]).authorities.is_some());
    let key = fixture("server.key");
    assert_eq!(
        error(&of(&key)),
        format!(
            "treatywatch.toml:5: endpoint.ca_file: {key} holds no certificate: expected one or more in PEM"
        )
    );
    assert!(error(&of("/none")).starts_with("treatywatch.toml:5: endpoint.ca_file: cannot read /none: "));
    let of = |file: &str| format!("[sources]\nca_file = '{file}'");
    assert!(read(&of(&fixture("ca.pem"))).unwrap().sources.authorities.is_some());
    assert!(error(&of(&key)).starts_with("treatywatch.toml:2: sources.ca_file: "));
}
