//! The treaties database of the United Nations Office for Disarmament Affairs: one row for each act and depositary.

use std::fmt;

use chrono::NaiveDate;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, IgnoredAny, SeqAccess, Visitor};

use super::{ROWS_MAX, SourceFault, TEXT_SIZE_MAX_BYTES, name_of, no_page, within};
use crate::domain::act::ActKind;
use crate::domain::observation::{Observation, Sighting};

#[derive(Deserialize)]
struct Answer {
    data: Option<Data>,
    /// Nothing but their number counts, and they take no room.
    #[serde(default)]
    errors: Vec<IgnoredAny>,
}

#[derive(Deserialize)]
struct Data {
    treaty_: Option<Response>,
}

#[derive(Deserialize)]
struct Response {
    data: Option<Treaty>,
}

#[derive(Deserialize)]
struct Treaty {
    #[serde(deserialize_with = "read_actions")]
    actions_: Vec<Action>,
}

#[derive(Deserialize)]
struct Action {
    date: String,
    #[serde(rename = "type")]
    code: Option<String>,
    action_type_: Option<String>,
    state: Option<Named>,
    depositary: Option<Depositary>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Depositary {
    short_name: String,
}

/// Reads rows one by one, and no more than any list has: one of a few bytes takes a hundred in memory.
fn read_actions<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Action>, D::Error> {
    struct Rows;
    impl<'de> Visitor<'de> for Rows {
        type Value = Vec<Action>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of actions")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Vec<Action>, A::Error> {
            let mut actions = Vec::new();
            while let Some(action) = rows.next_element()? {
                if ROWS_MAX <= actions.len() {
                    return Err(A::Error::custom(format_args!("more than {ROWS_MAX} actions")));
                }
                actions.push(action);
            }
            Ok(actions)
        }
    }
    deserializer.deserialize_seq(Rows)
}

/// The question that is posted about a treaty, by what the service calls it.
pub fn question(code: &str) -> String {
    const QUERY: &str = "query Status($input: TreatyRequestInput_) { treaty_(input: $input) { ... on ReadResponse { data \
         { ... on Treaty_ { actions_ { date type action_type_ state { name } depositary { short_name } } } } } } }";
    let input = serde_json::json!({"id": null, "short_name": code, "type": "GET_TREATY"});
    serde_json::json!({"query": QUERY, "variables": {"input": input}}).to_string()
}

/// Reads an answer about one treaty. Anything that is not JSON, has errors or no treaty says nothing.
///
/// The counts that the service gives are not those of its rows, so they are not read. A withdrawal of the
/// CTBT is a ratification taken back: it is read as that where `is_pending`, before entry into force.
pub fn parse(body: &[u8], is_pending: bool) -> Result<Sighting, SourceFault> {
    within(body, TEXT_SIZE_MAX_BYTES)?;
    let answer: Answer =
        serde_json::from_slice(body).map_err(|error| no_page(format_args!("no answer in JSON: {error}")))?;
    if !answer.errors.is_empty() {
        return Err(no_page("the service reports errors"));
    }
    let treaty = answer.data.and_then(|data| data.treaty_).and_then(|response| response.data);
    let treaty = treaty.ok_or_else(|| no_page("it has no treaty"))?;
    let mut sighting = Sighting::default();
    let mut states = std::collections::BTreeSet::new();
    for action in treaty.actions_ {
        let name = action.state.map(|state| state.name).unwrap_or_default();
        let state = name_of(&name).filter(|state| !state.is_empty());
        let state = state.ok_or_else(|| SourceFault::name(&name))?;
        let what = action.code.or(action.action_type_).unwrap_or_default();
        let kind = kind_of(&what, is_pending)
            .ok_or_else(|| SourceFault::column(&what, "an unknown type of action"))?;
        // The service writes a midnight behind the day.
        let day = action.date.split(['T', ' ']).next().unwrap_or_default();
        let on = NaiveDate::parse_from_str(day, "%Y-%m-%d");
        let on = on.map_err(|_| SourceFault::entry(&state, &what, &action.date))?;
        let depositary = action.depositary.map(|depositary| depositary.short_name);
        let depositary = depositary
            .map(|name| name_of(&name).ok_or_else(|| SourceFault::entry(&state, &what, &name)))
            .transpose()?;
        states.insert(state.clone());
        sighting.observations.insert(Observation { state, kind, on, depositary, stands: true });
    }
    if sighting.observations.is_empty() {
        return Err(SourceFault::Empty);
    }
    sighting.states = states.len();
    Ok(sighting)
}

fn kind_of(what: &str, is_pending: bool) -> Option<ActKind> {
    Some(match what {
        "SIG" | "Signatory" => ActKind::Signature,
        "RAT" | "Ratification" => ActKind::Ratification,
        "ACC" | "Accession" => ActKind::Accession,
        "SUC" | "Succession" => ActKind::Succession,
        "WTW" | "Withdrawal" if is_pending => ActKind::RevocationOfRatification,
        "WTW" | "Withdrawal" => ActKind::NoticeOfWithdrawal,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(date: &str, code: &str, state: &str, depositary: &str) -> String {
        format!(
            r#"{{"date":"{date} 00:00:00","type":"{code}","state":{{"name":"{state}"}},"depositary":{{"short_name":"{depositary}"}}}}"#
        )
    }

    fn answer(rows: &[String]) -> String {
        format!(r#"{{"data":{{"treaty_":{{"data":{{"actions_":[{}]}}}}}}}}"#, rows.join(","))
    }

    #[test]
    fn the_question_asks_for_what_is_read() {
        let question: serde_json::Value = serde_json::from_str(&question("test_ban")).unwrap();
        let input = serde_json::json!({"id": null, "short_name": "test_ban", "type": "GET_TREATY"});
        assert_eq!(question["variables"]["input"], input);
        let query = question["query"].as_str().unwrap();
        let fields = query.split_once("actions_ {").unwrap().1;
        assert_eq!(
            fields.trim_end_matches([' ', '}']),
            " date type action_type_ state { name } depositary { short_name"
        );
        assert_eq!(query.matches('{').count(), query.matches('}').count());
        // A code is data, whatever letters it has.
        let odd: serde_json::Value = serde_json::from_str(&super::question("a\"}\\")).unwrap();
        assert_eq!(odd["variables"]["input"]["short_name"], "a\"}\\");
    }

    #[test]
    fn each_depositary_has_a_row_and_their_order_means_nothing() {
        let rows = [
            row("1968-07-01", "SIG", "Ruritania", "WAS"),
            row("1968-07-04", "SIG", "Ruritania", "MOS"),
            row("1970-03-05", "RAT", "Ruritania", "MOS"),
        ];
        let one = parse(answer(&rows).as_bytes(), false).unwrap();
        let turned: Vec<String> = rows.iter().rev().cloned().chain([rows[0].clone()]).collect();
        assert_eq!(parse(answer(&turned).as_bytes(), false).unwrap(), one);
        assert_eq!((one.states, one.observations.len()), (1, 3));
    }

    #[test]
    fn a_withdrawal_before_entry_into_force_is_a_ratification_taken_back() {
        let body = answer(&[row("2023-11-03", "WTW", "Ruritania", "UNSG")]);
        let kind =
            |is_pending| parse(body.as_bytes(), is_pending).unwrap().observations.pop_first().unwrap().kind;
        assert_eq!(kind(true), ActKind::RevocationOfRatification);
        assert_eq!(kind(false), ActKind::NoticeOfWithdrawal);
    }

    #[test]
    fn what_is_no_answer_says_nothing() {
        for body in [
            "<html>502 Bad Gateway</html>".to_owned(),
            r#"{"errors":[{"message":"busy"}],"data":null}"#.to_owned(),
            r#"{"data":{"treaty_":null}}"#.to_owned(),
        ] {
            assert!(matches!(parse(body.as_bytes(), false), Err(SourceFault::NotThePage(_))), "{body}");
        }
        assert_eq!(parse(answer(&[]).as_bytes(), false), Err(SourceFault::Empty));
        let odd = answer(&[row("2023-13-03", "RAT", "Ruritania", "UNSG")]);
        assert!(matches!(parse(odd.as_bytes(), false), Err(SourceFault::Entry { .. })));
        let new = answer(&[row("2023-11-03", "XYZ", "Ruritania", "UNSG")]);
        assert!(matches!(parse(new.as_bytes(), false), Err(SourceFault::Column { .. })));
    }

    #[test]
    fn an_answer_takes_no_more_room_than_a_list_needs() {
        let fault = |body: &str| parse(body.as_bytes(), false).unwrap_err().to_string();
        // Errors take no room, however many there are.
        let errors = format!(r#"{{"errors":[{}{{}}]}}"#, r#"{"a":0},"#.repeat(400_000));
        assert_eq!(fault(&errors), "this is not the page: the service reports errors");
        let rows = format!(
            r#"{{"data":{{"treaty_":{{"data":{{"actions_":[{}{{"date":""}}]}}}}}}}}"#,
            r#"{"date":""},"#.repeat(300_000)
        );
        let many = fault(&rows);
        assert!(
            many.starts_with("this is not the page: no answer in JSON: more than 10000 actions"),
            "{many}"
        );
        assert!(fault(&" ".repeat(5_000_000)).ends_with("it has more than 4194304 bytes"));
    }

    #[test]
    fn text_of_an_answer_is_short_and_harmless() {
        let long = "x".repeat(1_000_000);
        for odd in [
            row(&long, "RAT", "Ruritania", "UNSG"),
            row("2023-11-03", &long, "Ruritania", "UNSG"),
            row("2023-11-03", "RAT", &long, "UNSG"),
            row("2023-11-03", "RAT", "Ruritania", &long),
            row("2023-11-03", "RAT", "", "UNSG"),
            format!(r#"{{"date":"{long}","state":"{long}"}}"#),
            format!(r#"{{"date":[],"state":"{long}"}}"#),
        ] {
            let fault = parse(answer(&[odd]).as_bytes(), false).unwrap_err().to_string();
            assert!(fault.chars().count() < 700, "{} characters: {:.200}", fault.chars().count(), fault);
        }
        let acting = row("2023-11-03", "RAT", r" Tonga\u001b]0;x\u0007\n2026 INFO\u202e\u0000 ", "UNSG");
        let sighting = parse(answer(&[acting]).as_bytes(), false).unwrap();
        assert_eq!(sighting.observations.first().unwrap().state, "Tonga␛]0;x␇ 2026 INFO\u{fffd}␀");
    }
}
