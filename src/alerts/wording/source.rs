//! Watched sources in words: that one fails, is back, or gives cause to look.

use chrono::{DateTime, Utc};

use crate::domain::day::PartialDay;
use crate::domain::grammar::{self, russian_plural, russian_when};
use crate::domain::observation::Observation;
use crate::domain::reconcile::Finding;
use crate::domain::treaty::{Lang, Words};

use super::Names;

/// A source is named by its name and, if it is about one, the title of its treaty.
pub(in crate::alerts) struct Subject<'a> {
    pub name: &'a str,
    pub title: Option<&'a Words>,
}

impl Subject<'_> {
    fn in_lang(&self, lang: Lang) -> String {
        let Some(title) = self.title else { return self.name.to_owned() };
        match lang {
            Lang::En | Lang::Ru => format!("{} ({})", self.name, title.in_lang(lang)),
            Lang::Zh => format!("{}（{}）", self.name, title.in_lang(lang)),
        }
    }
}

/// So many sources are named.
const NAMED_MAX: usize = 4;

fn all(subjects: &[Subject<'_>], lang: Lang) -> String {
    let named = subjects.iter().take(NAMED_MAX).map(|subject| subject.in_lang(lang)).collect::<Vec<_>>();
    let more = subjects.len().saturating_sub(NAMED_MAX);
    match (lang, more) {
        (Lang::En | Lang::Ru, 0) => named.join(", "),
        (Lang::Zh, 0) => named.join("、"),
        (Lang::En, more) => format!("{} and {more} more", named.join(", ")),
        (Lang::Zh, more) => format!("{}等{}个", named.join("、"), NAMED_MAX + more),
        (Lang::Ru, more) => format!("{} и ещё {more}", named.join(", ")),
    }
}

/// There is at least one.
pub(in crate::alerts) fn failing(subjects: &[Subject<'_>], since: DateTime<Utc>, reason: &str) -> Words {
    let since = PartialDay::exact(since.date_naive());
    let (is_one, day) = (subjects.len() == 1, |lang| grammar::day(since, lang));
    let en = all(subjects, Lang::En);
    let en = if is_one {
        format!(
            "The source {en} has given nothing that can be believed since {}: {reason}. What it said before still \
             counts.",
            day(Lang::En)
        )
    } else {
        format!(
            "The sources {en} have given nothing that can be believed since {}; the first: {reason}. What they said \
             before still counts.",
            day(Lang::En)
        )
    };
    let ru = all(subjects, Lang::Ru);
    let from = grammar::russian_genitive(since);
    let ru = if is_one {
        format!(
            "Источник {ru} с {from} не даёт достоверных данных: {reason} [en]. В силе то, что он сообщал раньше."
        )
    } else {
        format!(
            "Источники {ru} с {from} не дают достоверных данных; первый: {reason} [en]. В силе то, что они сообщали \
             раньше."
        )
    };
    Words {
        en,
        zh: Some(format!(
            "来源{}自{}起未提供可信内容：{reason} [en]。仍以先前内容为准。",
            all(subjects, Lang::Zh),
            day(Lang::Zh)
        )),
        ru: Some(ru),
    }
}

/// There is at least one.
pub(in crate::alerts) fn recovered(subjects: &[Subject<'_>], since: DateTime<Utc>) -> Words {
    let since = PartialDay::exact(since.date_naive());
    let is_one = subjects.len() == 1;
    let (en, day) = (all(subjects, Lang::En), grammar::day(since, Lang::En));
    let en = if is_one {
        format!("The source {en} can be read again; it had failed since {day}.")
    } else {
        format!("The sources {en} can be read again; they had failed since {day}.")
    };
    let (ru, from) = (all(subjects, Lang::Ru), grammar::russian_genitive(since));
    let ru = if is_one {
        format!("Источник {ru} снова доступен; он не отвечал с {from}.")
    } else {
        format!("Источники {ru} снова доступны; они не отвечали с {from}.")
    };
    let zh =
        format!("来源{}已恢复；此前自{}起故障。", all(subjects, Lang::Zh), grammar::day(since, Lang::Zh));
    Words { en, zh: Some(zh), ru: Some(ru) }
}

/// What was found, the first of it in words. There is at least one finding.
pub(in crate::alerts) fn changed(subject: &Subject<'_>, findings: &[Finding], names: Names<'_>) -> Words {
    let more = findings.len().saturating_sub(1);
    let first = |lang| findings.first().map(|it| finding(it, names, lang)).unwrap_or_default();
    let ask = "treatywatch review";
    Words {
        en: format!(
            "The source {} gives cause to look: {}{}. Nothing is recorded before somebody decides: {ask}.",
            subject.in_lang(Lang::En),
            first(Lang::En),
            if more > 0 { format!(", and {more} more") } else { String::new() }
        ),
        zh: Some(format!(
            "来源{}有待审阅：{}{}。未经决定不作记录：{ask}。",
            subject.in_lang(Lang::Zh),
            first(Lang::Zh),
            if more > 0 { format!("，另有{more}项") } else { String::new() }
        )),
        ru: Some(format!(
            "Источник {} требует внимания: {}{}. Без решения ничего не записывается: {ask}.",
            subject.in_lang(Lang::Ru),
            first(Lang::Ru),
            if more > 0 {
                format!(
                    " и ещё {more} {}",
                    russian_plural(more as u64, ["расхождение", "расхождения", "расхождений"])
                )
            } else {
                String::new()
            }
        )),
    }
}

/// A finding in a few words, to be put inside a sentence.
pub fn finding(finding: &Finding, names: Names<'_>, lang: Lang) -> String {
    let seen = |it: &Observation| observed(it, lang);
    match (finding, lang) {
        (Finding::New { observed, .. }, Lang::En) => {
            format!("it lists {}, which is not on record", seen(observed))
        }
        (Finding::New { observed, .. }, Lang::Zh) => format!("其列有{}，而记录中没有", seen(observed)),
        (Finding::New { observed, .. }, Lang::Ru) => {
            format!("в нём есть {}, чего нет в записях", seen(observed))
        }
        (Finding::Corrected { act, observed, .. }, Lang::En) => {
            format!("it now says {} where it agreed with {act}", seen(observed))
        }
        (Finding::Corrected { act, observed, .. }, Lang::Zh) => {
            format!("其原与{act}一致，现称{}", seen(observed))
        }
        (Finding::Corrected { act, observed, .. }, Lang::Ru) => {
            format!("теперь в нём {}, а раньше было как {act}", seen(observed))
        }
        (Finding::Conflict { act, observed }, Lang::En) => {
            format!("it says {}, the record says {act}", seen(observed))
        }
        (Finding::Conflict { act, observed }, Lang::Zh) => {
            format!("其称{}，记录为{act}", seen(observed))
        }
        (Finding::Conflict { act, observed }, Lang::Ru) => {
            format!("в нём {}, в записях {act}", seen(observed))
        }
        (Finding::Gone { act, .. }, Lang::En) => format!("it no longer lists {act}"),
        (Finding::Gone { act, .. }, Lang::Zh) => format!("其不再列出{act}"),
        (Finding::Gone { act, .. }, Lang::Ru) => format!("в нём больше нет {act}"),
        (Finding::NotListed { act }, Lang::En) => format!("it does not list {act}"),
        (Finding::NotListed { act }, Lang::Zh) => format!("其未列出{act}"),
        (Finding::NotListed { act }, Lang::Ru) => format!("в нём нет {act}"),
        (Finding::NoLongerInEffect { observed, .. }, Lang::En) => {
            format!("it marks {} as having no effect any more", seen(observed))
        }
        (Finding::NoLongerInEffect { observed, .. }, Lang::Zh) => format!("其注明{}不再有效", seen(observed)),
        (Finding::NoLongerInEffect { observed, .. }, Lang::Ru) => {
            format!("в нём отмечено как недействующее: {}", seen(observed))
        }
        (Finding::UnknownState { name, near }, lang) => {
            let one = |id: &_| format!("{} [{id}]", names.in_lang(*id, lang));
            let near: Vec<String> = near.iter().map(one).collect();
            match lang {
                Lang::En => {
                    format!("it lists a state that nobody knows as `{name}`, perhaps {}", near.join(" or "))
                }
                Lang::Zh => format!("其所列国名“{name}”无从识别，或为{}", near.join("、")),
                Lang::Ru => {
                    format!("в нём неизвестное государство «{name}», возможно {}", near.join(" или "))
                }
            }
        }
        (Finding::InTheFuture { observed }, Lang::En) => {
            format!("it lists {}, a day that has not come", seen(observed))
        }
        (Finding::InTheFuture { observed }, Lang::Zh) => format!("其列有{}，该日尚未到来", seen(observed)),
        (Finding::InTheFuture { observed }, Lang::Ru) => {
            format!("в нём {}, а этот день ещё не настал", seen(observed))
        }
        (Finding::BeforeTheTreaty { observed }, Lang::En) => {
            format!("it lists {}, before there was a treaty", seen(observed))
        }
        (Finding::BeforeTheTreaty { observed }, Lang::Zh) => {
            format!("其列有{}，当时条约尚不存在", seen(observed))
        }
        (Finding::BeforeTheTreaty { observed }, Lang::Ru) => {
            format!("в нём {}, раньше самого договора", seen(observed))
        }
        (Finding::Notes { .. }, Lang::En) => {
            "its notes have changed, and a withdrawal may stand in them".to_owned()
        }
        (Finding::Notes { .. }, Lang::Zh) => "其注释已变动，其中可能载有退出通知".to_owned(),
        (Finding::Notes { .. }, Lang::Ru) => {
            "изменились примечания, в них может быть сказано о выходе".to_owned()
        }
        (Finding::Page { diff, .. }, lang) if diff.is_empty() => match lang {
            Lang::En => "the file has changed".to_owned(),
            Lang::Zh => "文件已变动".to_owned(),
            Lang::Ru => "файл изменился".to_owned(),
        },
        (Finding::Page { diff, .. }, lang) => {
            let count = |sign: char| diff.lines().filter(|line| line.starts_with(sign)).count();
            let (added, removed) = (count('+'), count('-'));
            match lang {
                Lang::En => format!("the page has changed ({added} lines more, {removed} fewer)"),
                Lang::Zh => format!("页面已变动（增{added}行，减{removed}行）"),
                Lang::Ru => format!("страница изменилась (строк добавлено: {added}, убрано: {removed})"),
            }
        }
        (Finding::Entry { title, .. }, Lang::En) => format!("it has a new entry, `{title}`"),
        (Finding::Entry { title, .. }, Lang::Zh) => format!("其有新条目“{title}”"),
        (Finding::Entry { title, .. }, Lang::Ru) => format!("в нём новая запись «{title}»"),
    }
}

fn observed(it: &Observation, lang: Lang) -> String {
    let (state, kind, on) = (&it.state, it.kind.label(lang), PartialDay::exact(it.on));
    let depositary = it.depositary.as_deref();
    match lang {
        Lang::En => {
            let with = depositary.map(|name| format!(" ({name})")).unwrap_or_default();
            format!("{state}: {kind} of {}{with}", grammar::day(on, lang))
        }
        Lang::Zh => {
            let with = depositary.map(|name| format!("（{name}）")).unwrap_or_default();
            format!("{state}{}{kind}{with}", grammar::day(on, lang))
        }
        Lang::Ru => {
            let with = depositary.map(|name| format!(" ({name})")).unwrap_or_default();
            format!("{state}: {kind} {}{with}", russian_when(on))
        }
    }
}
