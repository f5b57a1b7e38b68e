//! Watched sources in words: one fails, works again, or has findings to review.

use chrono::{DateTime, Utc};

use crate::domain::day::PartialDay;
use crate::domain::grammar::{self, russian_plural, russian_when};
use crate::domain::lang::{Lang, Words};
use crate::domain::observation::Observation;
use crate::domain::outside::line;
use crate::domain::reconcile::Finding;
use crate::domain::source::ERROR_CHARS_MAX;
use crate::domain::wording::Wording;

use super::super::sources::Reason;
use super::Names;
use super::headline::{Head, NAME_CHARS_MAX, cut, fit};

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

/// A finding is put in a sentence up to this length.
const FINDING_CHARS_MAX: usize = 1_000;
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

/// A headline about sources: behind the title of the treaty, if it is one source about one.
fn headline(subjects: &[Subject<'_>], lang: Lang, one: impl Fn(&str) -> String, several: String) -> String {
    let [subject] = subjects else { return fit(&Head::of(""), &[several], &[]) };
    let line = one(&cut(subject.name, NAME_CHARS_MAX));
    let Some(title) = subject.title else { return fit(&Head::of(""), &[line], &[]) };
    let colon = if lang == Lang::Zh { "：" } else { ": " };
    fit(&Head::of(&title.in_lang(lang)), &[format!("{colon}{line}")], &[])
}

/// There is at least one.
pub(in crate::alerts) fn failing(
    subjects: &[Subject<'_>],
    since: DateTime<Utc>,
    reason: Reason<'_>,
) -> Wording {
    let (reason, zh_reason, ru_reason) = match reason {
        Reason::Failed(error) => {
            let error = line(error, ERROR_CHARS_MAX);
            let marked = format!("{error} [en]");
            (error, marked.clone(), marked)
        }
        Reason::Paused => (
            "its host asks not to be polled".to_owned(),
            "其主机要求暂停访问".to_owned(),
            "его сервер просит приостановить обращения".to_owned(),
        ),
    };
    let since = PartialDay::exact(since.date_naive());
    let (is_one, day) = (subjects.len() == 1, |lang| grammar::day(since, lang));
    let en = all(subjects, Lang::En);
    let en = if is_one {
        format!(
            "The source {en} has failed since {}: {reason}. Its last accepted response stays in use.",
            day(Lang::En)
        )
    } else {
        format!(
            "The sources {en} have failed since {}; the first: {reason}. Their last accepted responses stay in use.",
            day(Lang::En)
        )
    };
    let ru = all(subjects, Lang::Ru);
    let from = grammar::russian_genitive(since);
    let ru = if is_one {
        format!("Источник {ru} не работает с {from}: {ru_reason}. Используется последний принятый ответ.")
    } else {
        format!(
            "Источники {ru} не работают с {from}; первый: {ru_reason}. Используются последние принятые ответы."
        )
    };
    let zh = format!(
        "来源{}自{}起故障：{zh_reason}。继续使用最近一次接受的答复。",
        all(subjects, Lang::Zh),
        day(Lang::Zh)
    );
    let count = subjects.len();
    let headline = Words {
        en: headline(
            subjects,
            Lang::En,
            |name| format!("source {name} has failed since {}", day(Lang::En)),
            format!("{count} sources have failed since {}", day(Lang::En)),
        ),
        zh: Some(headline(
            subjects,
            Lang::Zh,
            |name| format!("来源{name}自{}起故障", day(Lang::Zh)),
            format!("{count}个来源自{}起故障", day(Lang::Zh)),
        )),
        ru: Some(headline(
            subjects,
            Lang::Ru,
            |name| format!("источник {name} не работает с {from}"),
            format!("источники не работают ({count}) с {from}"),
        )),
    };
    Wording { headline: capitalized(headline), sentence: Words { en, zh: Some(zh), ru: Some(ru) } }
}

/// A headline without a title begins with a capital letter.
fn capitalized(Words { en, zh, ru }: Words) -> Words {
    let capital = |text: String| {
        for (small, capital) in [("source", "Source"), ("источник", "Источник")] {
            if let Some(rest) = text.strip_prefix(small) {
                return format!("{capital}{rest}");
            }
        }
        text
    };
    Words { en: capital(en), zh, ru: ru.map(capital) }
}

/// There is at least one.
pub(in crate::alerts) fn recovered(subjects: &[Subject<'_>], since: DateTime<Utc>) -> Wording {
    let since = PartialDay::exact(since.date_naive());
    let is_one = subjects.len() == 1;
    let (en, day) = (all(subjects, Lang::En), grammar::day(since, Lang::En));
    let en = if is_one {
        format!("The source {en} works again; it had failed since {day}.")
    } else {
        format!("The sources {en} work again; they had failed since {day}.")
    };
    let (ru, from) = (all(subjects, Lang::Ru), grammar::russian_genitive(since));
    let ru = if is_one {
        format!("Источник {ru} снова работает; он не работал с {from}.")
    } else {
        format!("Источники {ru} снова работают; они не работали с {from}.")
    };
    let zh =
        format!("来源{}已恢复；此前自{}起故障。", all(subjects, Lang::Zh), grammar::day(since, Lang::Zh));
    let count = subjects.len();
    let headline = Words {
        en: headline(
            subjects,
            Lang::En,
            |name| format!("source {name} works again"),
            format!("{count} sources work again"),
        ),
        zh: Some(headline(
            subjects,
            Lang::Zh,
            |name| format!("来源{name}已恢复"),
            format!("{count}个来源已恢复"),
        )),
        ru: Some(headline(
            subjects,
            Lang::Ru,
            |name| format!("источник {name} снова работает"),
            format!("источники снова работают ({count})"),
        )),
    };
    Wording { headline: capitalized(headline), sentence: Words { en, zh: Some(zh), ru: Some(ru) } }
}

/// What was found, the first of it in words. There is at least one finding.
pub(in crate::alerts) fn changed(subject: &Subject<'_>, findings: &[Finding], names: Names<'_>) -> Wording {
    let more = findings.len().saturating_sub(1);
    let first = |lang| findings.first().map(|it| finding(it, names, lang)).unwrap_or_default();
    let first = |lang| line(&first(lang), FINDING_CHARS_MAX);
    // A finding that asks something ends with its question mark.
    let ended =
        |text: String, stop: char| if text.ends_with(['?', '？']) { text } else { format!("{text}{stop}") };
    let ask = "`treatywatch review`";
    let differences = ["расхождение", "расхождения", "расхождений"];
    let sentence = Words {
        en: format!(
            "The source {} has findings to review: {} Nothing is recorded until they are accepted: {ask}.",
            subject.in_lang(Lang::En),
            ended(
                if more > 0 { format!("{}, and {more} more", first(Lang::En)) } else { first(Lang::En) },
                '.'
            )
        ),
        zh: Some(format!(
            "来源{}有待审核的发现：{}接受之前不作任何记录：{ask}。",
            subject.in_lang(Lang::Zh),
            ended(
                if more > 0 { format!("{}，另有{more}项", first(Lang::Zh)) } else { first(Lang::Zh) },
                '。'
            )
        )),
        ru: Some(format!(
            "В источнике {} есть расхождения, требующие проверки: {} До их принятия ничего не записывается: {ask}.",
            subject.in_lang(Lang::Ru),
            ended(
                if more > 0 {
                    let differences = russian_plural(more as u64, differences);
                    format!("{} и ещё {more} {differences}", first(Lang::Ru))
                } else {
                    first(Lang::Ru)
                },
                '.'
            )
        )),
    };
    let (subjects, count) = (std::slice::from_ref(subject), findings.len());
    let headline = Words {
        en: headline(
            subjects,
            Lang::En,
            |name| {
                let findings = if count == 1 { "finding" } else { "findings" };
                format!("source {name} has {count} {findings} to review")
            },
            String::new(),
        ),
        zh: Some(headline(
            subjects,
            Lang::Zh,
            |name| format!("来源{name}有{count}项发现待审核"),
            String::new(),
        )),
        ru: Some(headline(
            subjects,
            Lang::Ru,
            |name| {
                let differences = russian_plural(count as u64, differences);
                format!("источник {name}: {count} {differences} на проверку")
            },
            String::new(),
        )),
    };
    Wording { headline: capitalized(headline), sentence }
}

/// A finding in a few words, to be put inside a sentence.
pub fn finding(finding: &Finding, names: Names<'_>, lang: Lang) -> String {
    let seen = |it: &Observation| observed(it, lang);
    // What has no effect any more must not be read as an act that stands.
    let listed = |it: &Observation| {
        let void = match (it.stands, lang) {
            (true, _) => "",
            (false, Lang::En) => " (marked as no longer in effect)",
            (false, Lang::Zh) => "（注明不再有效）",
            (false, Lang::Ru) => " (отмечено как недействующее)",
        };
        format!("{}{void}", observed(it, lang))
    };
    match (finding, lang) {
        (Finding::New { observed, .. }, Lang::En) => {
            format!("it lists {}, which is not on record", listed(observed))
        }
        (Finding::New { observed, .. }, Lang::Zh) => format!("其列有{}，而记录中没有", listed(observed)),
        (Finding::New { observed, .. }, Lang::Ru) => {
            format!("в нём есть {}, чего нет в записях", listed(observed))
        }
        (Finding::Corrected { act, observed, .. }, Lang::En) => {
            format!("it now lists {}; it agreed with {act} before", listed(observed))
        }
        (Finding::Corrected { act, observed, .. }, Lang::Zh) => {
            format!("其现列有{}；此前与{act}一致", listed(observed))
        }
        (Finding::Corrected { act, observed, .. }, Lang::Ru) => {
            format!("теперь в нём {}; раньше он совпадал с {act}", listed(observed))
        }
        (Finding::Conflict { act, observed }, Lang::En) => {
            format!("it lists {}; on record: {act}", listed(observed))
        }
        (Finding::Conflict { act, observed }, Lang::Zh) => {
            format!("其列有{}；记录为{act}", listed(observed))
        }
        (Finding::Conflict { act, observed }, Lang::Ru) => {
            format!("в нём {}; в записях: {act}", listed(observed))
        }
        (Finding::Gone { act, .. }, Lang::En) => format!("it no longer lists {act}"),
        (Finding::Gone { act, .. }, Lang::Zh) => format!("其不再列出{act}"),
        (Finding::Gone { act, .. }, Lang::Ru) => format!("в нём больше нет {act}"),
        (Finding::NotListed { act }, Lang::En) => format!("it does not list {act}"),
        (Finding::NotListed { act }, Lang::Zh) => format!("其未列出{act}"),
        (Finding::NotListed { act }, Lang::Ru) => format!("в нём нет {act}"),
        (Finding::NoLongerInEffect { observed, .. }, Lang::En) => {
            format!("it marks {} as no longer in effect", seen(observed))
        }
        (Finding::NoLongerInEffect { observed, .. }, Lang::Zh) => format!("其注明{}不再有效", seen(observed)),
        (Finding::NoLongerInEffect { observed, .. }, Lang::Ru) => {
            format!("в нём отмечено как недействующее: {}", seen(observed))
        }
        (Finding::UnknownState { name, near }, lang) => {
            let one = |id: &_| format!("{} [{id}]", names.in_lang(*id, lang));
            let near: Vec<String> = near.iter().map(one).collect();
            match lang {
                Lang::En if near.is_empty() => format!("it lists an unknown state `{name}`"),
                Lang::Zh if near.is_empty() => format!("其所列国名“{name}”无从识别"),
                Lang::Ru if near.is_empty() => format!("в нём неизвестное государство «{name}»"),
                Lang::En => {
                    format!("it lists an unknown state `{name}`; did it mean {}?", near.join(" or "))
                }
                Lang::Zh => format!("其所列国名“{name}”无从识别；是否指{}？", near.join("、")),
                Lang::Ru => {
                    format!("в нём неизвестное государство «{name}»; возможно, {}?", near.join(" или "))
                }
            }
        }
        (Finding::InTheFuture { observed }, Lang::En) => {
            format!("it lists {}, which is in the future", seen(observed))
        }
        (Finding::InTheFuture { observed }, Lang::Zh) => format!("其列有{}，该日期尚未到来", seen(observed)),
        (Finding::InTheFuture { observed }, Lang::Ru) => {
            format!("в нём {}, но эта дата ещё не наступила", seen(observed))
        }
        (Finding::BeforeTheTreaty { observed }, Lang::En) => {
            format!("it lists {}, which is before the treaty was made", seen(observed))
        }
        (Finding::BeforeTheTreaty { observed }, Lang::Zh) => {
            format!("其列有{}，当时条约尚不存在", seen(observed))
        }
        (Finding::BeforeTheTreaty { observed }, Lang::Ru) => {
            format!("в нём {}, раньше самого договора", seen(observed))
        }
        (Finding::Notes { .. }, Lang::En) => {
            "its notes have changed; they may contain a withdrawal".to_owned()
        }
        (Finding::Notes { .. }, Lang::Zh) => "其注释已变动，其中可能载有退出通知".to_owned(),
        (Finding::Notes { .. }, Lang::Ru) => {
            "изменились примечания; в них может содержаться сообщение о выходе".to_owned()
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
                Lang::En => format!("the page has changed ({added} lines added, {removed} removed)"),
                Lang::Zh => format!("页面已变动（增{added}行，减{removed}行）"),
                Lang::Ru => format!("страница изменилась (строк добавлено: {added}, убрано: {removed})"),
            }
        }
        (Finding::Entry { title, .. }, Lang::En) => format!("it has a new entry, `{title}`"),
        (Finding::Entry { title, .. }, Lang::Zh) => format!("其有新条目“{title}”"),
        (Finding::Entry { title, .. }, Lang::Ru) => format!("в нём новая запись «{title}»"),
        (Finding::Varies { .. }, Lang::En) => {
            "the page differs at every poll; set `ignore` or `select`".to_owned()
        }
        (Finding::Varies { .. }, Lang::Zh) => "页面每次读取均不相同；请设置`ignore`或`select`".to_owned(),
        (Finding::Varies { .. }, Lang::Ru) => {
            "страница отличается при каждом опросе; задайте `ignore` или `select`".to_owned()
        }
        (Finding::MoreActs { count }, Lang::En) => {
            format!("it has {count} more differences from the record; review the listed ones first")
        }
        (Finding::MoreActs { count }, Lang::Zh) => {
            format!("其与记录另有{count}处差异；请先审核已列出者")
        }
        (Finding::MoreActs { count }, Lang::Ru) => {
            let differences = russian_plural(*count as u64, ["расхождение", "расхождения", "расхождений"]);
            format!("с записями ещё {count} {differences}; сначала проверьте перечисленные")
        }
        (Finding::MoreEntries { count, .. }, Lang::En) => {
            format!("it has {count} more new entries, which are not listed")
        }
        (Finding::MoreEntries { count, .. }, Lang::Zh) => format!("其另有{count}个新条目未列出"),
        (Finding::MoreEntries { count, .. }, Lang::Ru) => {
            let entries = russian_plural(*count as u64, ["новая запись", "новые записи", "новых записей"]);
            format!("в нём ещё {count} {entries}, они не перечислены")
        }
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
