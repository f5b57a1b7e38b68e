//! The state that a row names.

use crate::catalogue::names::Names;
use crate::domain::id::StateId;
use crate::domain::outside::line;
use crate::domain::state::State;

/// A name of a state that is shown.
pub(super) const NAME_CHARS_MAX: usize = 120;

/// The state that a row names, or what is not clear about it.
pub(super) fn state_of(
    name: &str,
    names: &Names<'_>,
    is_compared: bool,
) -> Result<StateId, (String, Option<String>)> {
    if name.is_empty() {
        return Err(("no state is named".to_owned(), None));
    }
    let exact = names.exact(name).or_else(|| names.exact(without_note_numbers(name)));
    let named = |states: &[&State], and: &str| {
        let names = states.iter().map(|state| format!("{} ({})", state.name.en, state.id));
        names.collect::<Vec<_>>().join(and)
    };
    let shown = line(name, NAME_CHARS_MAX);
    match exact {
        Some([state]) => return Ok(state.id),
        Some(states) => return Err((format!("{shown}: may be {}", named(states, " or ")), None)),
        None => {}
    }
    let near = if is_compared { names.near(without_note_numbers(name)) } else { Vec::new() };
    let help = match (is_compared, near.as_slice()) {
        (false, _) => None,
        (true, []) => "no name is near to it; states.csv of the catalogue can add a state".to_owned().into(),
        (true, near) => Some(format!("near to it: {}", named(near, ", "))),
    };
    Err((format!("{shown}: no such state"), help))
}

/// `Germany 1, 2` as depositaries refer to their notes.
pub(super) fn without_note_numbers(name: &str) -> &str {
    const SUPERSCRIPTS: &[char] = &['¹', '²', '³', '⁰', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let is_number = |letter: char| letter.is_ascii_digit() || matches!(letter, ' ' | ',');
    let bare = name.trim_end_matches(SUPERSCRIPTS).trim_end();
    let cut = bare.trim_end_matches(is_number);
    // The numbers stand apart from the name.
    if bare[cut.len()..].starts_with(' ') { cut } else { bare }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_notes_are_no_part_of_a_name() {
        for (written, name) in [
            ("Germany 1", "Germany"),
            ("Germany 1, 12", "Germany"),
            ("Germany ¹", "Germany"),
            ("Germany²", "Germany"),
            ("Germany", "Germany"),
            ("Area 51", "Area"),
            ("R2", "R2"),
            ("1", "1"),
            ("", ""),
        ] {
            assert_eq!(without_note_numbers(written), name, "{written}");
        }
    }
}
