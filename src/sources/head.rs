//! What stands above the table of participants: the title of the treaty, its conclusion and entry into force.

use chrono::NaiveDate;
use quick_xml::events::Event;
use quick_xml::reader::Reader;
use scraper::{Html, Selector};

use super::{SourceFault, grid, html, untc};

/// The longest text of the head, such as a title; a longer one is cut.
const TEXT_CHARS_MAX: usize = 1000;

/// The head of a page of the United Nations Treaty Collection, or of its XML. What it does not say is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UntcHead {
    /// The title of the treaty.
    pub title: String,
    /// Where and when it was concluded.
    pub conclusion: String,
    /// The page's text on entry into force.
    pub entry_into_force: String,
    /// When it was registered, and under which number.
    pub registration: String,
    /// The day up to which the page reaches.
    pub as_of: Option<NaiveDate>,
}

/// Reads the head of a page or of the XML.
pub fn untc_head(body: &[u8]) -> Result<UntcHead, SourceFault> {
    if untc::is_xml(body) { of_xml(body) } else { of_html(&String::from_utf8_lossy(body)) }
}

fn of_html(text: &str) -> Result<UntcHead, SourceFault> {
    let page = html::tree(text)?;
    let said = |id: &str| text_at(&page, &format!("[id$={id}]"));
    let status =
        page.root_element().text().find_map(|text| text.split_once("STATUS AS AT")).map(|(_, after)| after);
    Ok(UntcHead {
        title: without_number(&said("rptTreaty_ctl00_tcTreaty")).to_owned(),
        conclusion: said("rptTreaty_ctl00_tcText"),
        entry_into_force: said("rptEIF_ctl00_tcText"),
        registration: said("rptRegistration_ctl00_tcText"),
        as_of: status.and_then(as_of),
    })
}

fn text_at(page: &Html, selector: &str) -> String {
    let found = Selector::parse(selector).ok().and_then(|selector| page.select(&selector).next());
    found.map(|element| short(&element.text().collect::<String>())).unwrap_or_default()
}

fn short(text: &str) -> String {
    crate::domain::outside::line(&grid::tidy(text), TEXT_CHARS_MAX)
}

/// `: 24-11-2026 05:01:10 EDT`
fn as_of(text: &str) -> Option<NaiveDate> {
    let day = text.trim_start_matches([' ', ':', '\u{a0}']).get(..10)?;
    NaiveDate::parse_from_str(day, "%d-%m-%Y").ok()
}

/// `8. b Amendment to ...`: the place of a treaty in its chapter is no part of its title.
fn without_number(title: &str) -> &str {
    let Some((number, rest)) = title.split_once('.') else { return title };
    let number = number.trim();
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return title;
    }
    let rest = rest.trim_start();
    match rest.split_once(' ') {
        Some((letter, rest))
            if letter.len() == 1 && letter.starts_with(|it: char| it.is_ascii_lowercase()) =>
        {
            rest.trim_start()
        }
        _ => rest,
    }
}

fn of_xml(body: &[u8]) -> Result<UntcHead, SourceFault> {
    let text = untc::decode(body);
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut said = <[String; 4]>::default();
    let mut path: Vec<Vec<u8>> = Vec::new();
    loop {
        let part = match reader.read_event() {
            // The head stands before the table, and nothing behind it belongs to it.
            Ok(Event::Start(tag)) if tag.name().as_ref() == b"Participants" => break,
            Ok(Event::Start(tag)) => {
                path.push(tag.name().as_ref().to_vec());
                continue;
            }
            Ok(Event::End(_)) => {
                path.pop();
                continue;
            }
            Ok(Event::Text(text)) => text.decode().unwrap_or_default().into_owned(),
            Ok(Event::GeneralRef(entity)) => untc::resolve(&entity.decode().unwrap_or_default()),
            Ok(Event::CData(text)) => String::from_utf8_lossy(&text).into_owned(),
            Ok(Event::Eof) => break,
            Ok(Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => {
                continue;
            }
            Err(error) => return Err(SourceFault::NotThePage(format!("it is not whole: {error}"))),
        };
        // The innermost of these elements says what the text is.
        let kept = path.iter().rev().take(PATH_SEEN).find_map(|open| match open.as_slice() {
            b"Titlesect" => Some(0),
            b"Conclusion" => Some(1),
            b"EIF" => Some(2),
            b"Registration" => Some(3),
            _ => None,
        });
        if let Some(kept) = kept {
            said[kept].push_str(&part);
        }
    }
    let [title, conclusion, entry_into_force, registration] =
        said.map(|text| short(&untc::without_notes(&text)));
    Ok(UntcHead {
        title: without_number(&title).to_owned(),
        conclusion,
        entry_into_force,
        registration,
        as_of: None,
    })
}

/// So many of the elements around a text are asked for their names.
const PATH_SEEN: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_has_no_number_of_its_chapter() {
        for (written, title) in [
            ("4. Convention on Lakes", "Convention on Lakes"),
            ("8 . b Amendment to the Protocol", "Amendment to the Protocol"),
            ("Convention No. 4 on Lakes", "Convention No. 4 on Lakes"),
            ("", ""),
        ] {
            assert_eq!(without_number(written), title);
        }
    }

    #[test]
    fn the_head_says_what_the_page_says() {
        let page = "<html><div>STATUS AS AT : 24-11-2026 05:01:10 EDT</div><span id=a_rptTreaty_ctl00_tcTreaty>7 .\n Convention \
                    on  Lakes</span><span id=a_rptTreaty_ctl00_tcText>Strelsau, 17 July 1998</span>\
                    <div id=a_rptEIF_ctl00_tcText>1 March 2006, in accordance with article 9.</div></html>";
        let head = untc_head(page.as_bytes()).unwrap();
        assert_eq!(head.title, "Convention on Lakes");
        assert_eq!(head.conclusion, "Strelsau, 17 July 1998");
        assert_eq!(head.entry_into_force, "1 March 2006, in accordance with article 9.");
        assert_eq!((head.as_of, head.registration.as_str()), (NaiveDate::from_ymd_opt(2026, 11, 24), ""));
        let xml = "<?xml version=\"1.0\"?><Treaties><Header><Titlesect>Convention on Lakes &amp; Rivers</Titlesect>\
                   <Conclusion>Strelsau, 17 July 1998&lt;superscript&gt;1&lt;/superscript&gt;</Conclusion><EIF><Labeltext>1 March \
                   2006</Labeltext></EIF></Header><Participants/></Treaties>";
        let head = untc_head(xml.as_bytes()).unwrap();
        assert_eq!(head.title, "Convention on Lakes & Rivers");
        assert_eq!(
            (head.conclusion.as_str(), head.entry_into_force.as_str()),
            ("Strelsau, 17 July 1998", "1 March 2006")
        );
    }
}
