//! A treaty whose depositary is watched, by hand: asked, doubted, decided.

use super::refused;
use crate::env::{Page, TestEnv, joined};

const TREATY: &str = r#"id = "lake"
kind = "treaty"
facts_as_of = 2026-11-01

[title]
en = "Convention on the Lake"

[short_title]
en = "Lake Convention"

[sources]
list = { kind = "depositary", title = "List", url = "https://depositary.example/lake" }

[[act]]
on = 2020-01-01
kind = "opening_for_signature"
source = "list"
"#;

const STATES: &str = "id,kind,name_en,name_zh,name_ru,aliases,ended_on,successors,note\n\
    ALI,state,Alia,,,,,,\nBOR,state,Boria,,,,,,\nCEL,state,Celia,,,,,,\nDEL,state,Delia,,,,,,\n";

const ACTS: &str = "state,kind,on,effective_on,place,note,source,basis,confidence,label\n\
    ALI,signature,2020-01-01,,,,list,,,\n\
    ALI,ratification,2021-03-01,,,,list,,,\n\
    BOR,accession,2022-05-10,,,,list,,,\n";

/// What the depositary lists: a state, its signature and its consent.
type Row = (&'static str, &'static str, &'static str);

const ALIA: Row = ("Alia", "1 Jan 2020", "1 Mar 2021");
const BORIA: Row = ("Boria", "", "10 May 2022 a");
const CELIA: Row = ("Celia", "", "20 Nov 2026 a");
const DELIA: Row = ("Delia", "", "21 Nov 2026 a");

fn xml(rows: &[Row]) -> String {
    let row = |(state, signature, consent): &Row| {
        format!("<Row><Entry>{state}</Entry><Entry>{signature}</Entry><Entry>{consent}</Entry></Row>")
    };
    let rows: String = rows.iter().map(row).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><Treaties><Treaty><Participants><Table><TGroup><Thead><Row>\
         <Entry>Participant</Entry><Entry>Signature</Entry><Entry>Ratification, Accession(a)</Entry></Row></Thead>\
         <Tbody><Rows>{rows}</Rows></Tbody></TGroup></Table></Participants></Treaty></Treaties>"
    )
}

/// The page of the depositary, and who watches it.
struct Watch {
    env: TestEnv,
    page: Page,
}

impl Watch {
    async fn new() -> Self {
        let (env, page) = (TestEnv::new(), Page::start("/lake.xml").await);
        env.write("ours/treaties/lake/treaty.toml", TREATY);
        env.write("ours/treaties/lake/acts.csv", ACTS);
        env.write("ours/states.csv", STATES);
        let source = format!(
            "catalogue = [\"ours\"]\n[sources]\ncontact = \"desk@example.org\"\n[[source]]\nname = \"list\"\n\
             kind = \"untc\"\ntreaty = \"lake\"\npolicy = \"review\"\nurl = \"{}\"\n",
            page.url
        );
        env.write("treatywatch.toml", source);
        env.printed(&["check"]);
        Self { env, page }
    }

    fn lists(&self, rows: &[Row]) {
        self.page.says("text/plain", &xml(rows));
    }

    /// Asks at once: what is printed, and the exit code.
    fn ask(&self) -> (String, Option<i32>) {
        let output = self.env.run(&["sources", "ask", "list"]);
        (String::from_utf8(output.stdout).unwrap(), output.status.code())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_decided_says_what_it_does_with_the_record() {
    let watch = Watch::new().await;
    watch.lists(&[ALIA, BORIA]);
    let (said, code) = watch.ask();
    assert!(said.starts_with("list: first response stored as baseline") && code == Some(0), "{said}");
    watch.lists(&[ALIA, BORIA, CELIA, DELIA]);
    let (said, code) = watch.ask();
    assert!(said.contains("findings to review: 2") && code == Some(3), "{said}");
    let decided = watch.env.printed(&["review", "accept", "1", "2", "--by", "anna"]);
    assert_eq!(
        decided,
        "1 accepted\nRecorded: lake/CEL/accession/2026-11-20\nThe next check raises the alert; to raise it now: treatywatch check\n\
         2 accepted\nRecorded: lake/DEL/accession/2026-11-21\nThe next check raises the alert; to raise it now: treatywatch check\n"
    );
    // One that it lists no more is taken off the record, and that is said before and after.
    watch.lists(&[ALIA, BORIA, CELIA]);
    assert_eq!(watch.ask().1, Some(3));
    let shown = watch.env.printed(&["review", "show", "3"]);
    assert!(
        shown.ends_with("Accepting it retracts the act; rejecting it leaves the record unchanged.\n"),
        "{shown}"
    );
    let decided = watch.env.printed(&["review", "accept", "3", "--by", "anna"]);
    assert!(decided.starts_with("3 accepted\nRetracted: lake/DEL/accession/2026-11-21\n"), "{decided}");
    let again = refused(&watch.env, &["review", "reject", "3", "--by", "anna"]);
    assert_eq!(again, "treatywatch: finding 3: already accepted\n");
    let several = refused(&watch.env, &["review", "accept", "1", "2", "--state", "ALI", "--by", "anna"]);
    assert!(several.contains("--state applies to one finding only"), "{several}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_by_hand_is_told_of_a_source_that_fails() {
    let watch = Watch::new().await;
    for _ in 0..2 {
        let (said, code) = watch.ask();
        assert_eq!((said.as_str(), code), ("list: response rejected: it answered 404 Not Found\n", Some(3)));
    }
    let (said, _) = watch.ask();
    assert!(said.contains("The source list (Lake Convention) has failed since"), "{said}");
    let alerts = joined(&watch.env.printed(&["alerts", "--kind", "source.failing"]));
    assert!(alerts.contains("it answered 404 Not Found"), "{alerts}");
    watch.lists(&[ALIA, BORIA]);
    assert!(watch.ask().0.contains("works again"));
}
