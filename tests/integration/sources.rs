//! What official sources publish, read whatever its order, and never believed when it is broken.

use std::collections::BTreeSet;

use proptest::prelude::*;
use treatywatch::domain::observation::Sighting;
use treatywatch::domain::source::Seen;
use treatywatch::sources::{
    PageRules, SourceFault, diff, parse_feed, parse_page, parse_unoda, parse_untc_html, parse_untc_xml,
};

/// A row of a made-up treaty: a state, a signature and a consent as the Treaty Collection writes them.
type Row = (String, String, String);

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let month = prop::sample::select(vec!["Jan", "Feb", "Sep", "Sept", "December"]);
    let entry =
        (1u32..29, month, 1950u32..2026).prop_map(|(day, month, year)| format!(" {day} {month}\t {year} "));
    let signature = prop_oneof![Just(String::new()), entry.clone()];
    let mark = prop::sample::select(vec!["", "a", "A", "AA", "d"]);
    let consent = (entry, mark, any::<bool>()).prop_map(|(day, mark, stands)| {
        if stands { format!("{day}{mark}") } else { format!("[{}{mark}]", day.trim_start()) }
    });
    prop::collection::vec(("[A-Z][a-z]{3,9}", signature, consent), 1..40)
}

fn xml(rows: &[Row]) -> String {
    let row = |(state, signature, consent): &Row| {
        format!(
            "<Row><Entry>{state}&lt;superscript&gt;3,4&lt;/superscript&gt;</Entry><Entry>{signature}</Entry>\
             <Entry>{consent}</Entry></Row>"
        )
    };
    let rows: String = rows.iter().map(row).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><Treaties><Treaty><Participants><Table><TGroup><Thead><Row>\
         <Entry>Participant</Entry><Entry>Signature</Entry><Entry>Ratification, Acceptance(A), Approval(AA), \
         Accession(a), Succession(d)</Entry></Row></Thead><Tbody><Rows>{rows}</Rows></Tbody></TGroup></Table>\
         </Participants></Treaty></Treaties>"
    )
}

fn html(rows: &[Row]) -> String {
    let row = |(state, signature, consent): &Row| {
        format!(
            "<tr><td>{state} <sup>3 , 4</sup><br></td><td>{signature}<br></td><td>{consent}<br></td></tr>"
        )
    };
    let rows: String = rows.iter().map(row).collect();
    format!(
        "<html><body><div class=\"tcrptEIF\"></div><table id=\"page_tblgrid\"><tr><td>Participant<br></td>\
         <td>Signature<br></td><td>Approval(AA), Acceptance(A), Accession(a), Succession(d), Ratification<br></td>\
         </tr>{rows}</table></body></html>"
    )
}

/// The same rows as the disarmament service answers.
fn json(sighting: &Sighting, turn: usize) -> String {
    let code = |kind: &str| match kind {
        "signature" => "SIG",
        "accession" => "ACC",
        "succession" => "SUC",
        _ => "RAT",
    };
    let mut rows: Vec<String> = sighting
        .observations
        .iter()
        .map(|it| {
            format!(
                r#"{{"date":"{} 00:00:00","type":"{}","state":{{"name":"{}"}},"depositary":{{"short_name":"X"}}}}"#,
                it.on,
                code(it.kind.as_str()),
                it.state
            )
        })
        .collect();
    let middle = turn % rows.len();
    rows.rotate_left(middle);
    rows.push(rows[0].clone());
    format!(r#"{{"data":{{"treaty_":{{"data":{{"actions_":[{}]}}}}}}}}"#, rows.join(","))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_and_repetition_of_rows_mean_nothing(rows in rows(), turn in any::<usize>()) {
        let mut turned = rows.clone();
        turned.rotate_left(turn % rows.len());
        turned.push(rows[0].clone());
        let read = |body: String| parse_untc_xml(body.as_bytes()).unwrap().observations;
        prop_assert_eq!(read(xml(&rows)), read(xml(&turned)));
        let read = |body: String| parse_untc_html(body.as_bytes()).unwrap().observations;
        prop_assert_eq!(read(html(&rows)), read(html(&turned)));
        // The file and the page of one treaty say the same.
        let sighting = parse_untc_xml(xml(&rows).as_bytes()).unwrap();
        prop_assert_eq!(&sighting.observations, &read(html(&rows)));
        let answered = |turn| parse_unoda(json(&sighting, turn).as_bytes(), false).unwrap().observations;
        prop_assert_eq!(answered(0), answered(turn));
    }

    #[test]
    fn no_bytes_make_a_parser_panic(body in prop::collection::vec(any::<u8>(), 0..2000), kind in ".{0,40}") {
        let _ = (parse_untc_xml(&body), parse_untc_html(&body), parse_unoda(&body, true), parse_feed(&body, &[]));
        for kind in [kind.as_str(), "text/html", "text/plain; charset=utf-16", ""] {
            let _ = parse_page(&body, kind, &PageRules::default());
        }
    }

    #[test]
    fn the_order_and_repetition_of_entries_mean_nothing(
        titles in prop::collection::vec("[A-Z][a-z]{3,9} (2231|22310|1929)", 1..20),
        turn in any::<usize>(),
    ) {
        let feed = |titles: &[String]| {
            let item = |title: &String| format!("<item><title>{title}</title><link>https://example.org/</link></item>");
            let items: String = titles.iter().map(item).collect();
            format!("<rss version=\"2.0\"><channel><title>d</title>{items}</channel></rss>")
        };
        let mut turned = titles.clone();
        turned.rotate_left(turn % titles.len());
        turned.push(titles[0].clone());
        let words = ["2231".to_owned()];
        let read = |titles: &[String]| parse_feed(feed(titles).as_bytes(), &words).unwrap();
        prop_assert_eq!(read(&titles), read(&turned));
        let expected = titles.iter().filter(|title| title.ends_with(" 2231")).collect::<BTreeSet<_>>().len();
        prop_assert_eq!(read(&titles).1.len(), expected);
    }

    /// Whatever a line says, a page that says it is read as that line, and a change of it shows.
    #[test]
    fn a_line_that_changes_shows(
        lines in prop::collection::vec("[a-zа-я0-9]{1,12}( [a-zа-я0-9]{1,12}){0,3}", 1..20),
        at in any::<prop::sample::Index>(),
    ) {
        let at = at.index(lines.len());
        let page = |lines: &[String]| -> Vec<String> {
            let text: String = lines.iter().map(|line| format!("<p>{}</p>", line.replace(' ', "\n&nbsp;"))).collect();
            match parse_page(text.as_bytes(), "text/html", &PageRules::default()) {
                Ok(Seen::Page { lines, .. }) => lines,
                other => panic!("{other:?}"),
            }
        };
        let before = page(&lines);
        prop_assert_eq!(&before, &lines);
        let mut changed = lines.clone();
        changed[at].push('!');
        let shown = diff(&before, &page(&changed));
        prop_assert!(shown.contains(&format!("\n-{}\n", lines[at])), "{}", shown);
        prop_assert!(shown.contains(&format!("\n+{}!\n", lines[at])), "{}", shown);
        prop_assert_eq!(diff(&before, &before), "");
    }

    /// A page that is cut off or garbled on the way is a fault of the source, or says of each state
    /// no more than the whole one.
    #[test]
    fn a_cut_file_is_not_the_file(rows in rows(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let whole = xml(&rows);
        let cut = &whole.as_bytes()[..at.index(whole.len())];
        prop_assert!(
            matches!(parse_untc_xml(cut), Err(SourceFault::NotThePage(_))),
            "{:?}", parse_untc_xml(cut)
        );
        let mut garbled = whole.into_bytes();
        let at = at.index(garbled.len());
        garbled[at] = byte;
        let _ = parse_untc_xml(&garbled);
        let mut garbled = html(&rows).into_bytes();
        let at = at % garbled.len();
        garbled[at] = byte;
        let _ = parse_untc_html(&garbled);
    }
}
