//! A whole configuration as it is read, with and without a file.

mod channels;
mod endpoints;
mod gateways;
mod secrets;
mod sources;
mod whole;

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono_tz::Tz;
use secrecy::ExposeSecret;

use super::document::Document;
use super::*;
use crate::delivery::{Channel, Web};
use crate::domain::alert_kind::{AlertKind, Severity};
use chrono::TimeZone as _;
use std::error::Error as _;

/// 24 bytes, the shortest key.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ENDPOINT: &str = "[[endpoint]]\nname = 'ops'\nurl = 'https://example.org'\nsecret_env = 'OPS'\n";

fn env(name: &str) -> Option<String> {
    let key = |size: u8| format!("whsec_{}", BASE64.encode((0..size).collect::<Vec<_>>()));
    match name {
        "OPS" | "TREATYWATCH_DUTY_OFFICER_SECRET" => Some(SECRET.to_owned()),
        "ROTATING" => Some(format!("{SECRET} {}\n", key(64))),
        "BLANK" => Some(" \n".to_owned()),
        "SHORT" => Some(key(23)),
        "LONG" => Some(key(65)),
        "PLAIN" => Some("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned()),
        "GARBLED" => Some("whsec_hunter2!".to_owned()),
        "MANY" => Some([SECRET; 5].join(" ")),
        "WEAK" => Some(format!("whsec_{}", BASE64.encode([0; 33]))),
        "URL" => Some("https://hooks.example.org/services/url-token\n".to_owned()),
        "PROXY" => Some("http://desk:hunter2@gateway.example.org:3128\n".to_owned()),
        "GATEWAY_TOKEN" => Some("Bearer gateway-token\n".to_owned()),
        "FAR" => Some("http://hooks.example.org/services/url-token".to_owned()),
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

fn web(endpoint: &Endpoint) -> &Web {
    let Channel::Web(web) = &endpoint.target.channel else { panic!("{:?}", endpoint.target.channel) };
    web
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
    assert_eq!(config.schedule.check.to_string(), "0 5 0 * * * UTC");
    assert!(config.endpoints.is_empty() && config.catalogues.is_empty());
    assert_eq!(words(&read("").unwrap()), words(&config));
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
    let next = config.schedule.check.next(DateTime::UNIX_EPOCH).unwrap();
    assert_eq!(next, Utc.with_ymd_and_hms(1970, 1, 5, 5, 0, 30).unwrap());

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
