//! Articles as the catalogue writes them, taken apart for each language.

/// An article as the catalogue writes it, taken apart so that each language can word it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Article<'a> {
    /// An article by its number, with the paragraph, as in `XV(2)`.
    Numbered(u32, &'a str, Option<u32>),
    /// `Annex B`.
    Annex(&'a str),
    /// `para 34(v)`, `paras 11, 12`: what stands behind the word, and whether it is several.
    Paragraph(&'a str, bool),
    /// `resolution 72/250`.
    Resolution(&'a str),
    /// `decision 79/512`.
    Decision(&'a str),
    /// `final clauses`.
    FinalClauses,
    /// Anything else, in English.
    Other(&'a str),
}

impl<'a> Article<'a> {
    /// The parts of an article, which may name several: `IX(2), IX(3)`.
    pub(super) fn list(text: &'a str) -> Vec<Self> {
        let whole = Self::one(text);
        if whole != Self::Other(text) {
            return vec![whole];
        }
        // `Annex B, paras 5, 6(b)` is an annex and its paragraphs.
        let of_annex = text.find(", para").map(|at| vec![&text[..at], &text[at + 2..]]);
        let parts = of_annex.unwrap_or_else(|| text.split(", ").collect());
        let each: Vec<Self> = parts.into_iter().map(Self::one).collect();
        let known = each.iter().all(|one| !matches!(one, Self::Other(_)));
        if known { each } else { vec![whole] }
    }

    fn one(text: &'a str) -> Self {
        if let Some((word, rest)) = text.split_once(' ') {
            let is_number = rest.contains('/') && rest.chars().all(|letter| !letter.is_alphabetic());
            let is_simple = !rest.contains(' ');
            match word {
                "Annex" if is_simple => return Self::Annex(rest),
                "para" if is_simple => return Self::Paragraph(rest, false),
                "paras" => return Self::Paragraph(rest, true),
                "resolution" if is_number => return Self::Resolution(rest),
                "decision" if is_number => return Self::Decision(rest),
                _ => {}
            }
        }
        if text == "final clauses" {
            return Self::FinalClauses;
        }
        let numbered = || {
            let (name, paragraph) = match text.split_once('(') {
                Some((name, rest)) => (name, Some(rest.strip_suffix(')')?.parse().ok()?)),
                None => (text, None),
            };
            let number = name.parse().ok().or_else(|| roman(name))?;
            Some(Self::Numbered(number, name, paragraph))
        };
        numbered().unwrap_or(Self::Other(text))
    }
}

/// The value of a number in Roman digits.
pub(super) fn roman(text: &str) -> Option<u32> {
    let digit = |letter: char| match letter {
        'I' => Some(1),
        'V' => Some(5),
        'X' => Some(10),
        'L' => Some(50),
        'C' => Some(100),
        _ => None,
    };
    let digits: Vec<u32> = text.chars().map(digit).collect::<Option<_>>()?;
    let (mut sum, mut last) = (0, 0);
    for digit in digits.into_iter().rev() {
        if digit < last {
            sum -= digit;
        } else {
            sum += digit;
            last = digit;
        }
    }
    (sum > 0).then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_are_taken_apart() {
        use Article::*;
        let one = |text| Article::list(text).pop().unwrap();
        assert_eq!(one("XV(2)"), Numbered(15, "XV", Some(2)));
        assert_eq!(one("XIV"), Numbered(14, "XIV", None));
        assert_eq!(one("22"), Numbered(22, "22", None));
        assert_eq!(one("Annex B"), Annex("B"));
        assert_eq!(one("para 34(v)"), Paragraph("34(v)", false));
        assert_eq!(one("paras 11, 12"), Paragraph("11, 12", true));
        assert_eq!(one("decision 79/512"), Decision("79/512"));
        assert_eq!(Article::list("IX(2), IX(3)").len(), 2);
        assert_eq!(Article::list("Annex B, paras 5, 6(b)"), [Annex("B"), Paragraph("5, 6(b)", true)]);
        for other in [
            "New START XIV(4)",
            "statement of 5 October 2004",
            "final clauses (XIII in 2008)",
            "XV(2)bis",
            "",
        ] {
            assert_eq!(Article::list(other), [Other(other)]);
        }
    }
}
