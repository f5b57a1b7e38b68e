//! Endpoints: what they want, and that there is an end to it.

use super::*;

#[test]
fn an_endpoint_may_get_digests_and_reports() {
    let lines = "digest = 'daily 08:00 Europe/Berlin'\nreport = 'weekly mon 09:30 UTC'\n";
    let config = read(&format!("{ENDPOINT}{lines}")).unwrap();
    let [endpoint] = config.endpoints.as_slice() else { panic!("{:?}", config.endpoints) };
    assert_eq!(endpoint.digest.as_ref().unwrap().to_string(), "daily 08:00 Europe/Berlin");
    assert_eq!(endpoint.report.as_ref().unwrap().to_string(), "weekly mon 09:30 UTC");
    let config = read(ENDPOINT).unwrap();
    assert!(config.endpoints[0].digest.is_none() && config.endpoints[0].report.is_none());
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
fn an_endpoint_has_the_language_of_the_whole_unless_it_has_its_own() {
    let language = |text: &str| read(text).unwrap().endpoints[0].target.language;
    assert_eq!(language(&format!("language = 'ru'\n{ENDPOINT}")), Lang::Ru);
    assert_eq!(language(&format!("language = 'ru'\n{ENDPOINT}language = 'zh'")), Lang::Zh);
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
            "5: endpoint.kinds: `digest` is not a routable kind; set the key `digest` instead",
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
            "5: endpoint.secret_file: two secrets: expected either `secret_env` or `secret_file`",
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
        "treatywatch.toml:165: endpoint.concurrency: with this endpoint 528 attempts could run side by side: \
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
