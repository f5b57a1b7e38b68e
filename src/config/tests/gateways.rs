//! Proxies, and headers for gateways.

use super::*;

const PROXY: &str = "http://desk:hunter2@gateway.example.org:3128";

fn shown(lines: &str) -> Vec<(String, String)> {
    let config = read(&format!("{ENDPOINT}{lines}")).unwrap();
    let headers = &web(&config.endpoints[0]).headers;
    let pair = |header: &crate::delivery::Header| {
        (header.name().to_string(), header.value().to_str().unwrap().to_owned())
    };
    headers.iter().map(pair).collect()
}

#[test]
fn headers_come_from_the_configuration_the_environment_or_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("token");
    std::fs::write(&path, "Bearer file-token\n").unwrap();
    let lines = format!(
        "headers = {{ X-Gateway = 'desk-7', Authorization = {{ env = 'GATEWAY_TOKEN' }}, X-Key = {{ file = '{}' }} }}\n",
        path.display()
    );
    let pairs =
        [("authorization", "Bearer gateway-token"), ("x-gateway", "desk-7"), ("x-key", "Bearer file-token")];
    assert_eq!(shown(&lines), pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let config = read(&format!("{ENDPOINT}{lines}")).unwrap();
    let debug = format!("{config:?}");
    assert!(!debug.contains("gateway-token") && !debug.contains("file-token"));
    assert_eq!(config.secret_files, std::slice::from_ref(&path));
    // A reload reads the file anew.
    std::fs::write(&path, "Bearer another\n").unwrap();
    assert_eq!(shown(&lines)[2].1, "Bearer another");
    // As a table of its own.
    assert_eq!(
        shown("[endpoint.headers]\nX-Gateway = 'desk-7'\n"),
        [("x-gateway".to_owned(), "desk-7".to_owned())]
    );
    // Who only asks needs no secret.
    let text = format!("{ENDPOINT}headers = {{ A = {{ env = 'NOTHING' }}, B = 'c' }}");
    let config = read_without_secrets(&text).unwrap();
    assert_eq!(web(&config.endpoints[0]).headers.len(), 1);
    // A token in the configuration makes it a secret.
    let text = format!("{ENDPOINT}headers = {{ Authorization = 'Bearer x' }}");
    assert_eq!(read(&text).unwrap().secret_files, [Path::new("treatywatch.toml")]);
}

#[test]
fn a_header_that_cannot_be_sent_is_refused_with_its_line_and_name() {
    let too_many = (0..17).map(|number| format!("X-{number} = 'a'")).collect::<Vec<_>>().join(", ");
    let cases = [
        (
            "Content-Type = 'a/b'",
            "`content-type` is a header that treatywatch sets itself: expected another name",
        ),
        ("webhook-id = 'a'", "`webhook-id` is a header that treatywatch sets itself: expected another name"),
        (
            "Host = { env = 'NOTHING' }",
            "`host` is a header that treatywatch sets itself: expected another name",
        ),
        (
            "'X Gateway' = 'a'",
            "`X Gateway` is not the name of a header: expected letters, digits and hyphens, as in `X-Gateway`",
        ),
        (
            "X-Gateway = \"a\\nb\"",
            "the value of `x-gateway` is not one line of 1 to 4096 printable ASCII characters: expected one",
        ),
        (
            "X-Gateway = { env = 'BLANK' }",
            "the value of `x-gateway` is not one line of 1 to 4096 printable ASCII characters: expected one",
        ),
        (
            "X-Gateway = { env = 'NOTHING' }",
            "the environment has no variable `NOTHING`: expected one that holds a secret",
        ),
        ("X-Gateway = { file = '/none' }", "cannot read /none: No such file or directory (os error 2)"),
        ("x-a = 'b', X-A = 'c'", "`x-a` is listed twice: expected each value once"),
        (&too_many, "17 values: expected at most 16"),
    ];
    for (headers, expected) in cases {
        let error = endpoint_error(&format!("headers = {{ {headers} }}"));
        assert_eq!(error, format!("treatywatch.toml:5: endpoint.headers: {expected}"), "{headers}");
    }
    let forms = ["X-A = 1", "X-A = { env = 'OPS', file = 'x' }", "X-A = { enw = 'OPS' }", "X-A = {}"];
    for headers in forms {
        let error = endpoint_error(&format!("headers = {{ {headers} }}"));
        let place = error.starts_with("treatywatch.toml:5: ");
        assert!(
            place && error.contains("`{ env = \"NAME\" }`") && error.contains("X-A"),
            "{headers}: {error}"
        );
    }
}

#[test]
fn a_proxy_with_a_password_stands_outside_of_the_configuration() {
    let place = |lines: &str| {
        let config = read(&format!("{ENDPOINT}{lines}")).unwrap();
        let shown = format!("{config:?}");
        assert!(!shown.contains("hunter2") && !shown.contains("ZGVzazpodW50ZXIy"), "{shown}");
        web(&config.endpoints[0]).proxy.as_ref().unwrap().place()
    };
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("proxy");
    std::fs::write(&path, format!("{PROXY}\n")).unwrap();
    let in_file = format!("proxy_file = '{}'", path.display());
    assert_eq!(place("proxy = 'http://gateway.example.org:3128'"), "http://gateway.example.org:3128");
    assert_eq!(place("proxy_env = 'PROXY'"), "http://gateway.example.org:3128");
    assert_eq!(place(&in_file), "http://gateway.example.org:3128");
    assert_eq!(read(&format!("{ENDPOINT}{in_file}")).unwrap().secret_files, [path]);

    let form = "not an HTTP proxy: expected its scheme, host and port alone, as in `http://gateway.example.org:3128`";
    let cases = [
        ("proxy = 'gateway:3128'", 5, "proxy", form),
        ("proxy = 'socks5://gateway:1080'", 5, "proxy", form),
        ("proxy = 'http://gateway/path'", 5, "proxy", form),
        ("proxy_env = 'OPS'", 5, "proxy_env", form),
        (
            "proxy_env = 'NOTHING'",
            5,
            "proxy_env",
            "the environment has no variable `NOTHING`: expected one that holds a secret",
        ),
        (
            "proxy = 'http://desk:hunter2@gateway:3128'",
            5,
            "proxy",
            "holds a user or a password: expected `proxy_env` or `proxy_file`, which name where such a URL is kept",
        ),
        (
            "proxy = 'http://gateway:3128'\nproxy_env = 'PROXY'",
            6,
            "proxy_env",
            "two proxies: expected one of `proxy`, `proxy_env` and `proxy_file`",
        ),
    ];
    for (lines, line, field, expected) in cases {
        assert_eq!(
            endpoint_error(lines),
            format!("treatywatch.toml:{line}: endpoint.{field}: {expected}"),
            "{lines}"
        );
    }
    let itself = endpoint_error(&format!("proxy_env = '{PROXY}'"));
    assert!(itself.contains("holds the secret itself") && !itself.contains("hunter2"), "{itself}");
}

#[test]
fn only_what_goes_over_http_has_a_proxy_or_headers() {
    let shared = "`name`, `format`, `language`, `treaties`, `kinds`, `min_severity`, `lead_days`, `digest`, `report`, \
                  `timeout_s`, `concurrency`";
    let of_mail =
        "`smtp`, `from`, `to`, `user`, `password_env`, `password_file`, `helo`, `allow_plain`, `ca_file`";
    let endpoints = [
        ("command", "command = ['notify']", "`command`"),
        ("email", "smtp = 'smtp://localhost'\nfrom = 'a@example.org'\nto = ['b@example.org']", of_mail),
    ];
    for (format, lines, own) in endpoints {
        for (key, line) in [
            ("proxy", "proxy = 'http://gateway:3128'"),
            ("proxy_env", "proxy_env = 'PROXY'"),
            ("proxy_file", "proxy_file = '/none'"),
            ("headers", "headers = { X-Gateway = 'desk-7' }"),
        ] {
            let error = error(&format!("[[endpoint]]\nname = 'ops'\nformat = '{format}'\n{line}\n{lines}"));
            let refused = format!("format `{format}` has no key `{key}`, expected one of {shared}, {own}");
            assert_eq!(error, format!("treatywatch.toml:4: endpoint: {refused}"));
        }
    }
}
