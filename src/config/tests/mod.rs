use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono_tz::Tz;
use secrecy::ExposeSecret;

use super::document::{Document, read_cron};
use super::*;
use crate::delivery::formats::Body;
use crate::delivery::{Channel, Web};
use crate::domain::alert::{AlertKind, Severity};
use crate::domain::source::Policy;
use chrono::TimeZone as _;
use proptest::prelude::*;
use std::error::Error as _;

/// 24 bytes, the shortest key.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ENDPOINT: &str = "[[endpoint]]\nname = 'ops'\nurl = 'https://example.org'\nsecret_env = 'OPS'\n";

fn env(name: &str) -> Option<String> {
    let key = |size| format!("whsec_{}", BASE64.encode(vec![7; size]));
    match name {
        "OPS" | "TREATYWATCH_DUTY_OFFICER_SECRET" => Some(SECRET.to_owned()),
        "ROTATING" => Some(format!("{SECRET} {}\n", key(64))),
        "BLANK" => Some(" \n".to_owned()),
        "SHORT" => Some(key(23)),
        "LONG" => Some(key(65)),
        "PLAIN" => Some("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned()),
        "GARBLED" => Some("whsec_hunter2!".to_owned()),
        "MANY" => Some([SECRET; 5].join(" ")),
        _ => None,
    }
}

fn read(text: &str) -> Result<Config, ConfigError> {
    let document = Document { path: Path::new("treatywatch.toml"), text };
    document.config(document.raw()?, Some(&env))
}

fn error(text: &str) -> String {
    read(text).unwrap_err().to_string()
}

fn endpoint_error(lines: &str) -> String {
    error(&format!("{ENDPOINT}{lines}"))
}

fn url_error(url: &str) -> String {
    error(&ENDPOINT.replace("https://example.org", url))
}

fn web(endpoint: &Endpoint) -> &Web {
    let Channel::Web(web) = &endpoint.target.channel else { panic!("{:?}", endpoint.target.channel) };
    web
}

fn secret_error(name: &str) -> String {
    error(&ENDPOINT.replace("OPS", name))
}

fn words(config: &Config) -> (&Path, Option<SocketAddr>, Tz, Lang, &[u32], String) {
    let Config { database, listen, time_zone, language, lead_days, schedule, .. } = config;
    (database, *listen, *time_zone, *language, lead_days, schedule.check.to_string())
}

#[test]
fn the_example_documents_every_key_with_its_default() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("treatywatch.example.toml");
    let config = Config::load(Some(&path), &env).unwrap();
    assert_eq!(words(&config), words(&Config::default()));
    let [endpoint] = config.endpoints.as_slice() else { panic!("{:?}", config.endpoints) };
    assert_eq!(endpoint.min_severity, Severity::Info);
    assert_eq!(endpoint.target.timeout, Duration::from_secs(30));
    assert_eq!(endpoint.target.concurrency, 4);
    assert_eq!(config.all_leads(), DEFAULT_LEAD_DAYS);

    // Its words are those of the code.
    let text = std::fs::read_to_string(&path).unwrap();
    for kind in AlertKind::ALL {
        assert!(text.contains(kind.as_str()), "{kind}");
    }
    // It has every key that the code knows: an error lists them.
    let keys = |text: &str| {
        // Of two keys, "expected `a` or `b`".
        let listed = text.rsplit("expected ").next().unwrap().to_owned();
        listed.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()
    };
    let of_source = error("[[source]]\nnothing = 1\n");
    let of_sources = error("[sources]\nnothing = 1\n");
    let all = [error("nothing = 1"), endpoint_error("nothing = 1"), of_source, of_sources];
    for key in all.iter().flat_map(|error| keys(error)) {
        let shown =
            [format!("\n{key} = "), format!("\n# {key} = "), format!("[{key}]"), format!("[[{key}]]")];
        assert!(shown.iter().any(|shown| text.contains(shown)), "{key}");
    }
}

#[test]
fn without_a_file_everything_has_its_default() {
    let config = Config::load(None, &|_| None).unwrap();
    assert_eq!(config.database, Path::new("treatywatch.db"));
    assert_eq!(config.listen, Some("127.0.0.1:8490".parse().unwrap()));
    assert_eq!(config.time_zone, Tz::UTC);
    assert_eq!(config.language, Lang::En);
    assert_eq!(config.schedule.check.to_string(), "0 5 0 * * *");
    assert!(config.endpoints.is_empty() && config.catalogues.is_empty());
    assert_eq!(words(&read("").unwrap()), words(&config));
}

#[test]
fn an_endpoint_may_get_digests_and_reports() {
    let lines = "digest = 'daily 08:00 Europe/Berlin'\nreport = 'weekly mon 09:30 UTC'\n";
    let config = read(&format!("{ENDPOINT}{lines}")).unwrap();
    let [endpoint] = config.endpoints.as_slice() else { panic!("{:?}", config.endpoints) };
    assert_eq!(endpoint.digest.unwrap().to_string(), "daily 08:00 Europe/Berlin");
    assert_eq!(endpoint.report.unwrap().to_string(), "weekly mon 09:30 UTC");
    let config = read(ENDPOINT).unwrap();
    assert_eq!((config.endpoints[0].digest, config.endpoints[0].report), (None, None));
}

#[test]
fn a_day_ends_by_the_clocks_of_its_zone() {
    let end = |zone: &str, day: &str| {
        let config = read(&format!("time_zone = '{zone}'")).unwrap();
        config.end_of(day.parse().unwrap()).map(|end| end.to_string())
    };
    assert_eq!(end("UTC", "2026-02-05").unwrap(), "2026-02-05 23:59:59 UTC");
    assert_eq!(end("Europe/Berlin", "2026-02-05").unwrap(), "2026-02-05 22:59:59 UTC");
    // Cairo goes from 00:00 to 01:00, and later from 24:00 back to 23:00.
    assert_eq!(end("Africa/Cairo", "2026-04-23").unwrap(), "2026-04-23 21:59:59 UTC");
    assert_eq!(end("Africa/Cairo", "2026-10-29").unwrap(), "2026-10-29 21:59:59 UTC");
    // Samoa had no 30 December 2011.
    assert_eq!(end("Pacific/Apia", "2011-12-30"), None);
}

#[test]
fn a_file_that_is_named_must_be_there() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("none.toml");
    let error = Config::load(Some(&path), &env).unwrap_err();
    assert_eq!(error.to_string(), format!("cannot read {}", path.display()));
    assert!(error.source().is_some());
}

#[test]
fn values_are_read() {
    let config = read(concat!(
        "database = '/var/lib/treatywatch/t.db'\n",
        "catalogue = ['/etc/treatywatch/ours', 'drafts']\n",
        "listen = '[::1]:80'\n",
        "time_zone = 'Europe/Vienna'\n",
        "language = 'zh'\n",
        "lead_days = [1, 3650, 30]\n",
        "[schedule]\n",
        "check = '30 0 6 * * MON'\n",
        "[[endpoint]]\n",
        "name = 'ops'\n",
        "url = 'https://example.org/hook?token=1'\n",
        "secret_env = 'ROTATING'\n",
        "treaties = ['npt', 'new-start']\n",
        "kinds = ['date.moved', 'status.changed']\n",
        "min_severity = 'warning'\n",
        "lead_days = [7, 60]\n",
        "timeout_s = 1\n",
    ))
    .unwrap();
    assert_eq!(config.database, Path::new("/var/lib/treatywatch/t.db"));
    assert_eq!(config.catalogues, [Path::new("/etc/treatywatch/ours"), Path::new("drafts")]);
    assert_eq!(config.listen, Some("[::1]:80".parse().unwrap()));
    assert_eq!(config.language, Lang::Zh);
    assert_eq!(config.lead_days, [3650, 30, 1]);
    assert_eq!(config.all_leads(), [3650, 60, 30, 7, 1]);
    let next = config.schedule.check.find_next_occurrence(&DateTime::UNIX_EPOCH, true).unwrap();
    assert_eq!(next, Utc.with_ymd_and_hms(1970, 1, 5, 6, 0, 30).unwrap());

    let endpoint = &config.endpoints[0];
    assert_eq!(endpoint.name, "ops");
    assert_eq!(web(endpoint).url.as_str(), "https://example.org/hook?token=1");
    assert_eq!(web(endpoint).keys.iter().map(|key| key.expose_secret().len()).collect::<Vec<_>>(), [24, 64]);
    let treaties = endpoint.treaties.as_ref().unwrap().iter().map(TreatyId::as_str);
    assert_eq!(treaties.collect::<Vec<_>>(), ["new-start", "npt"]);
    assert_eq!(endpoint.kinds.as_deref(), Some([AlertKind::DateMoved, AlertKind::StatusChanged].as_slice()));
    assert_eq!(endpoint.min_severity, Severity::Warning);
    assert_eq!(endpoint.lead_days.as_deref(), Some([60, 7].as_slice()));
    assert_eq!(endpoint.target.timeout, Duration::from_secs(1));
}

#[test]
fn what_an_endpoint_does_not_say_means_all() {
    let config = read(ENDPOINT).unwrap();
    let endpoint = &config.endpoints[0];
    assert!(endpoint.treaties.is_none() && endpoint.kinds.is_none() && endpoint.lead_days.is_none());
    assert_eq!(endpoint.min_severity, Severity::Info);
    assert_eq!(endpoint.target.timeout, Duration::from_secs(30));
    assert_eq!(endpoint.target.concurrency, 4);
}

#[test]
fn the_health_endpoint_can_be_off() {
    assert_eq!(read("listen = 'off'").unwrap().listen, None);
    assert_eq!(read("listen = ''").unwrap().listen, None);
}

#[test]
fn lead_times_may_be_none_at_all() {
    let config = read(&format!("lead_days = []\n{ENDPOINT}lead_days = []\n")).unwrap();
    assert!(config.all_leads().is_empty());
}

#[test]
fn today_is_decided_by_the_time_zone() {
    let today = |zone: &str, hour| {
        let config = read(&format!("time_zone = '{zone}'")).unwrap();
        config.today(Utc.with_ymd_and_hms(2026, 2, 4, hour, 30, 0).unwrap()).to_string()
    };
    assert_eq!(today("UTC", 23), "2026-02-04");
    assert_eq!(today("Europe/Vienna", 22), "2026-02-04");
    assert_eq!(today("Europe/Vienna", 23), "2026-02-05");
    assert_eq!(today("America/New_York", 4), "2026-02-03");
}

#[test]
fn the_form_of_the_file_is_checked() {
    let cases = [
        (
            "\nlead_day = [1]\n",
            "treatywatch.toml:2: unknown field `lead_day`, expected one of `database`, `catalogue`, `listen`, \
             `time_zone`, `language`, `lead_days`, `retention_days`, `heartbeat`, `heartbeat_env`, `heartbeat_file`, \
             `schedule`, `endpoint`, `sources`, `source`",
        ),
        (
            "[schedule]\ndaily = '0 0 0 * * *'\n",
            "treatywatch.toml:2: unknown field `daily`, expected `check` or `sources` in `schedule`",
        ),
        (
            "[[endpoint]]\nname = 'ops'\n",
            "treatywatch.toml:2: endpoint.url: missing: expected one, which the format `cloudevents` needs",
        ),
        (
            "lead_days = [\n  30,\n  '7',\n]\n",
            "treatywatch.toml:3: invalid type: string \"7\", expected a whole number in `lead_days`",
        ),
        ("language = 1\n", "treatywatch.toml:1: invalid type: integer `1`, expected a string in `language`"),
        ("listen = 'off'\nlisten = ''\n", "treatywatch.toml:2: duplicate key"),
        ("\n\nlisten 'off'\n", "treatywatch.toml:3: key with no value, expected `=`"),
    ];
    for (text, expected) in cases {
        assert_eq!(error(text), expected, "{text}");
    }
}

#[test]
fn values_of_the_whole_are_checked() {
    let cases = [
        ("database = ''", "1: database: an empty path: expected a file name, as in `treatywatch.db`"),
        (
            "listen = 'localhost:8490'",
            "1: listen: `localhost:8490` is not an address: expected an IP address and a port, as in \
             `127.0.0.1:8490`, or `off`",
        ),
        (
            "\ntime_zone = 'Mars/Olympus'",
            "2: time_zone: `Mars/Olympus` is not a time zone: expected an IANA name, as in `Europe/Vienna`",
        ),
        ("language = 'fr'", "1: language: unknown language `fr`, expected one of en, zh, ru"),
        (
            "lead_days = [\n  1,\n  0,\n]",
            "3: lead_days: 0 is out of range: expected a whole number from 1 to 3650",
        ),
        ("lead_days = [3651]", "1: lead_days: 3651 is out of range: expected a whole number from 1 to 3650"),
        ("catalogue = ['']", "1: catalogue: an empty path: expected a file name, as in `treatywatch.db`"),
        ("catalogue = ['a', 'a']", "1: catalogue: `a` is listed twice: expected each value once"),
        ("lead_days = [7, 7]", "1: lead_days: `7` is listed twice: expected each value once"),
        (
            "[schedule]\ncheck = '5 0 * * *'",
            "2: schedule.check: `5 0 * * *` has 5 fields: expected six, seconds first, as in \
             `0 5 0 * * *`",
        ),
        (
            "[schedule]\ncheck = '0 5 24 * * *'",
            "2: schedule.check: `0 5 24 * * *` is not a cron pattern (Component error: Number out of bounds): \
             expected six fields, seconds first, as in `0 5 0 * * *`",
        ),
        (
            "[schedule]\ncheck = '0 0 0 30 2 *'",
            "2: schedule.check: `0 0 0 30 2 *` never comes: expected a pattern that occurs",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(error(text), format!("treatywatch.toml:{expected}"), "{text}");
    }
    assert!(read("[schedule]\ncheck = '0 0 0 29 2 *'").is_ok());
}

proptest! {
    #[test]
    fn no_pattern_breaks_the_parser(pattern in r"([0-9*/,+?#LW\-A-Zé]{1,4} ){6}|[^a]{0,12}") {
        let _ = read_cron(&pattern);
    }
}

#[test]
fn a_list_of_lead_times_has_an_end() {
    let list = |most: u32| format!("lead_days = {:?}", (1..=most).collect::<Vec<_>>());
    assert_eq!(read(&list(32)).unwrap().lead_days.len(), 32);
    assert_eq!(error(&list(33)), "treatywatch.toml:1: lead_days: 33 values: expected at most 32");
}

#[test]
fn values_of_an_endpoint_are_checked() {
    let cases = [
        (
            "treaties = ['New START']",
            "5: endpoint.treaties: `New START` is not a name: expected lower-case letters, digits and \
             hyphens, as in `new-start`",
        ),
        (
            "treaties = []",
            "5: endpoint.treaties: an empty list: expected at least one value, or no such key, which \
             means all",
        ),
        (
            "treaties = ['npt',\n'npt']",
            "6: endpoint.treaties: `npt` is listed twice: expected each value once",
        ),
        (
            "kinds = [\n'date.past']",
            "6: endpoint.kinds: unknown kind of alert `date.past`, expected one of act.corrected, \
             threshold.progress, date.moved, date.cancelled, status.changed, date.reached, \
             date.approaching, act.recorded, facts.stale, source.changed, source.failing, source.recovered, \
             digest, report, endpoint.failing, database.failing",
        ),
        (
            "kinds = ['act.recorded', 'digest']",
            "5: endpoint.kinds: `digest` is no kind to choose: expected the key `digest`, which says when it is \
             sent",
        ),
        (
            "digest = 'daily at 8'",
            "5: endpoint.digest: `daily at 8` is no time that comes again: expected `daily HH:MM ZONE` or \
             `weekly DAY HH:MM ZONE`, as in `daily 08:00 Europe/Berlin` or `weekly mon 08:00 Europe/Berlin`",
        ),
        (
            "report = 'weekly mon 08:00 Berlin'",
            "5: endpoint.report: `Berlin` is not a time zone: expected an IANA name, as in `Europe/Vienna`",
        ),
        (
            "min_severity = 'high'",
            "5: endpoint.min_severity: unknown severity `high`, expected one of info, notice, warning, \
             critical",
        ),
        (
            "lead_days = [-1]",
            "5: endpoint.lead_days: -1 is out of range: expected a whole number from 1 to 3650",
        ),
        ("timeout_s = 0", "5: endpoint.timeout_s: 0 is out of range: expected a whole number from 1 to 30"),
        ("timeout_s = 31", "5: endpoint.timeout_s: 31 is out of range: expected a whole number from 1 to 30"),
        (
            "concurrency = 17",
            "5: endpoint.concurrency: 17 is out of range: expected a whole number from 1 to 16",
        ),
        (
            "secret_file = 'ops.secret'",
            "4: endpoint.secret_env: two secrets: expected either `secret_file` or `secret_env`",
        ),
        (ENDPOINT, "6: endpoint.name: `ops` is the name of another endpoint: expected a name of its own"),
    ];
    for (lines, expected) in cases {
        assert_eq!(endpoint_error(lines), format!("treatywatch.toml:{expected}"), "{lines}");
    }
    assert_eq!(
        error(&ENDPOINT.replace("'ops'", "'Ops'")),
        "treatywatch.toml:2: endpoint.name: `Ops` is not a name: expected lower-case letters, digits and \
         hyphens, as in `new-start`"
    );
}

#[test]
fn the_endpoints_together_may_not_hold_too_many_connections() {
    let endpoints = |count: usize| {
        let endpoint = |number| {
            let named = ENDPOINT.replace("'ops'", &format!("'ops-{number}'"));
            format!("{named}concurrency = 16\n")
        };
        (0..count).map(endpoint).collect::<String>()
    };
    assert_eq!(read(&endpoints(32)).unwrap().endpoints.len(), 32);
    assert_eq!(
        error(&endpoints(33)),
        "treatywatch.toml:162: endpoint.concurrency: with this endpoint 528 attempts could run side by side: \
         expected at most 512 of all endpoints together"
    );
}

#[test]
fn a_route_to_an_unknown_treaty_is_refused() {
    let config = read(&format!("{ENDPOINT}treaties = [\n  'npt',\n  'nqt',\n]")).unwrap();
    let error = config.check_treaties(&|treaty| treaty.as_str() == "npt").unwrap_err();
    assert_eq!(
        error.to_string(),
        "treatywatch.toml:7: endpoint.treaties: there is no treaty `nqt`: expected one that the \
         database has"
    );
    config.check_treaties(&|_| true).unwrap();
    Config::default().check_treaties(&|_| false).unwrap();
}

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
        ("cloudevents", "", "2: endpoint.secret_file: no secret"),
        ("slack", "template = 'x'", "5: endpoint.template: has no use with the format `slack`"),
        ("slack", "content_type = 'x/y'", "5: endpoint.content_type: has no use with the format `slack`"),
        ("ntfy", "url = 'https://ntfy.example.org/'", "4: endpoint.url: ends with no topic"),
        ("template", "secret_env = 'OPS'", "2: endpoint.template: missing"),
        ("template", "secret_env = 'OPS'\ntemplate = '/none'", "6: endpoint.template: cannot read /none: "),
        ("template", "content_type = 'json'", "5: endpoint.content_type: `json` is not a media type"),
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
            "user = 'me'",
            "4: endpoint.user: a user without a password: expected `password_file` or `password_env` beside it"
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
            "4: endpoint.url: has no use with the format `email`: expected no such key".to_owned(),
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
    assert_eq!(
        error(&of("")),
        "treatywatch.toml:2: endpoint.command: missing: expected one, which the format `command` needs"
    );
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

#[test]
fn an_endpoint_has_the_language_of_the_whole_unless_it_has_its_own() {
    let language = |text: &str| read(text).unwrap().endpoints[0].target.language;
    assert_eq!(language(&format!("language = 'ru'\n{ENDPOINT}")), Lang::Ru);
    assert_eq!(language(&format!("language = 'ru'\n{ENDPOINT}language = 'zh'")), Lang::Zh);
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
        "treatywatch.toml:2: endpoint.secret_file: no secret: expected `secret_file` or `secret_env`"
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
fn debug_shows_neither_a_secret_nor_a_token() {
    let shown = format!("{:?}", read(&ENDPOINT.replace("org", "org/path-token?query-token")).unwrap());
    assert!(shown.contains("origin: \"https://example.org\""), "{shown}");
    assert!(!shown.contains("token"), "{shown}");
    // The first bytes of the key, as a list and in base64.
    assert!(!shown.contains("49, 242") && !shown.contains("MfKQ"), "{shown}");
}

/// What is wrong with a source.
fn source_error(lines: &str) -> String {
    error(&format!("sources.contact = 'desk@example.org'\n[[source]]\nname = 'ours'\n{lines}"))
}

#[test]
fn the_official_sources_are_in_the_program() {
    let config = read("[sources]\ncontact = 'desk@example.org'\nofficial = true\n").unwrap();
    let names: Vec<&str> = config.sources.list.iter().map(|source| source.name.as_str()).collect();
    assert!(
        names.starts_with(&["ctbt-untc", "cwc-untc", "ctbt-unoda", "npt-unoda", "bwc-unoda"]),
        "{names:?}"
    );
    let policies: Vec<Policy> = config.sources.list.iter().map(|source| source.policy).collect();
    assert_eq!(policies[..3], [Policy::Auto, Policy::Auto, Policy::Review]);
    // The seeds have the treaties that they are about.
    let seeds = crate::catalogue::embedded().unwrap();
    config.check_treaties(&|id| seeds.treaties.contains_key(id)).unwrap();
    assert!(read("").unwrap().sources.list.is_empty(), "nobody is asked unless it is wanted");
}

#[test]
fn sources_are_checked() {
    let page = "kind = 'page'\nurl = 'https://example.org/status'\n";
    let cases = [
        ("kind = 'blog'\nurl = 'https://example.org'", "4: source.kind: unknown kind of source `blog`"),
        ("kind = 'page'\nurl = 'http://example.org'", "5: source.url: not over https"),
        (
            "kind = 'untc'\nurl = 'https://example.org'",
            "4: source.treaty: missing: expected one, which a source of the kind `untc` needs",
        ),
        ("kind = 'unoda'\ntreaty = 'npt'\nurl = 'https://example.org'", "4: source.code: missing"),
        (&format!("{page}select = 'ma in['"), "6: source.select: `ma in[` is not a CSS selector"),
        (&format!("{page}words = ['x']"), "6: source.words: has no use with a source of the kind `page`"),
        (&format!("{page}policy = 'auto'"), "6: source.policy: has no use with a source of the kind `page`"),
        (
            "kind = 'dataset'\nurl = 'https://example.org'\ntreaty = 'npt'",
            "6: source.treaty: has no use with a source of the kind `dataset`",
        ),
        (&format!("{page}ignore = ['']"), "6: source.ignore: empty: expected a word or more"),
        (
            &format!("{page}[[source]]\nname = 'ours'\n{page}"),
            "7: source.name: `ours` is the name of another source",
        ),
    ];
    for (lines, expected) in cases {
        let error = source_error(lines);
        assert!(error.contains(expected), "{error}");
    }
    let anonymous = error("[[source]]\nname = 'ours'\nkind = 'page'\nurl = 'https://example.org'\n");
    assert!(anonymous.contains("2: sources.contact: missing: expected an address"), "{anonymous}");
    let nobody = error("sources.contact = 'the desk'\n");
    assert!(nobody.contains("1: sources.contact: `the desk` is no contact"), "{nobody}");
    // This machine may be asked without TLS.
    assert!(read("sources.contact = 'https://example.org/us'\n[[source]]\nname = 'ours'\nkind = 'page'\nurl = 'http://127.0.0.1:1/'\n").is_ok());
}
