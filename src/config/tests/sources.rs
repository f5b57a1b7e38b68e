//! Sources: the official ones, and those that people name.

use super::*;
use crate::domain::source::Policy;

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
    let only = "sets = ['arms-control']\n[sources]\ncontact = 'desk@example.org'\nofficial = true\n";
    let config = read(only).unwrap();
    let names: Vec<&str> = config.sources.list.iter().map(|source| source.name.as_str()).collect();
    assert_eq!(names, ["ottawa-untc", "ccm-untc", "att-untc", "tpnw-untc"]);
}

#[test]
fn sources_are_checked() {
    let page = "kind = 'page'\nurl = 'https://example.org/status'\n";
    let cases = [
        ("kind = 'blog'\nurl = 'https://example.org'", "4: source.kind: unknown kind of source `blog`"),
        ("kind = 'page'\nurl = 'http://example.org'", "5: source.url: not over https"),
        (
            "kind = 'page'\nurl = 'https://example.org/?a=1&access_token=SECRET'",
            "5: source.url: the parameter `access_token`",
        ),
        (
            "kind = 'page'\nurl = 'https://example.org/?Sig=SECRET'",
            "5: source.url: the parameter `Sig` looks like a secret",
        ),
        (
            "kind = 'page'\nurl = 'https://SECRET@example.org/'",
            "5: source.url: holds a user name or a password",
        ),
        (
            "kind = 'page'\nurl = 'https://me:SECRET@example.org/'",
            "5: source.url: holds a user name or a password",
        ),
        (
            "kind = 'untc'\ntreaty = 'npt'\nurl = 'https://example.org/'\nfallback_url = 'https://example.org/?key=SECRET'",
            "7: source.fallback_url: the parameter `key` looks like a secret",
        ),
        ("kind = 'untc'\nurl = 'https://example.org'", "2: source: missing field `treaty`"),
        ("kind = 'unoda'\ntreaty = 'npt'\nurl = 'https://example.org'", "2: source: missing field `code`"),
        (&format!("{page}select = 'ma in['"), "6: source.select: `ma in[` is not a CSS selector"),
        (
            &format!("{page}words = ['x']"),
            "6: source: a source of the kind `page` has no key `words`, expected one of `name`, `kind`, `url`, `treaty`, `select`, `ignore`",
        ),
        (&format!("{page}policy = 'auto'"), "6: source: a source of the kind `page` has no key `policy`"),
        (
            "kind = 'dataset'\nurl = 'https://example.org'\ntreaty = 'npt'",
            "6: source: a source of the kind `dataset` has no key `treaty`",
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
        assert!(!error.contains("SECRET"), "{error}");
    }
    // Depositaries need parameters.
    let wanted = "kind = 'page'\nurl = 'https://example.org/?src=TREATY&mtdsg_no=XXVI-4&keyword=x'\n";
    assert!(read(&format!("sources.contact = 'a@example.org'\n[[source]]\nname = 'ours'\n{wanted}")).is_ok());
    let anonymous = error("[[source]]\nname = 'ours'\nkind = 'page'\nurl = 'https://example.org'\n");
    assert!(
        anonymous.contains("1: source: `sources.contact` is missing: expected an address"),
        "{anonymous}"
    );
    let nobody = error("sources.contact = 'the desk'\n");
    assert!(nobody.contains("1: sources.contact: `the desk` is no contact"), "{nobody}");
    // This machine may be asked without TLS.
    assert!(read("sources.contact = 'https://example.org/us'\n[[source]]\nname = 'ours'\nkind = 'page'\nurl = 'http://127.0.0.1:1/'\n").is_ok());
}
