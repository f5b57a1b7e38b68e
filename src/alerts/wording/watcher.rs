//! The program itself in words: an endpoint or the database fails, and what to do.

use chrono::{DateTime, Utc};

use crate::domain::day::PartialDay;
use crate::domain::delivery::EndpointFailure;
use crate::domain::grammar;
use crate::domain::lang::{Lang, Words};
use crate::domain::wording::Wording;

use super::headline::{NAME_CHARS_MAX, cut};

/// What was found is in English; the other languages mark it.
pub(in crate::alerts) fn endpoint_failing(failure: &EndpointFailure) -> Wording {
    let EndpointFailure { endpoint, error, is_stopped, .. } = failure;
    let command = format!("`treatywatch deliveries retry --endpoint {endpoint}`");
    let name = cut(endpoint, NAME_CHARS_MAX);
    if *is_stopped {
        let headline = Words {
            en: format!("Endpoint {name} is stopped"),
            zh: Some(format!("端点{name}已停止")),
            ru: Some(format!("Отправка получателю {name} остановлена")),
        };
        let sentence = Words {
            en: format!(
                "The endpoint {endpoint} is stopped: {error}. Its messages are kept; send them with {command}."
            ),
            zh: Some(format!("端点{endpoint}已停止：{error} [en]。消息已保留，可用{command}发送。")),
            ru: Some(format!(
                "Отправка получателю {endpoint} остановлена: {error} [en]. Сообщения сохранены; отправить их: {command}."
            )),
        };
        return Wording { headline, sentence };
    }
    let headline = Words {
        en: format!("Endpoint {name}: a message was not delivered"),
        zh: Some(format!("端点{name}：一条消息未能送达")),
        ru: Some(format!("Получатель {name}: сообщение не доставлено")),
    };
    let sentence = Words {
        en: format!(
            "A message to the endpoint {endpoint} was not delivered after repeated attempts: {error}. It is kept; send \
             it again with {command}."
        ),
        zh: Some(format!(
            "发往端点{endpoint}的一条消息多次尝试后仍未送达：{error} [en]。消息已保留，可用{command}重新发送。"
        )),
        ru: Some(format!(
            "Сообщение получателю {endpoint} не доставлено после повторных попыток: {error} [en]. Оно сохранено; \
             повторная отправка: {command}."
        )),
    };
    Wording { headline, sentence }
}

pub(in crate::alerts) fn database_failing(since: DateTime<Utc>, problem: &str) -> Wording {
    let since = PartialDay::exact(since.date_naive());
    let headline = Words {
        en: format!("Database has failed its self-check since {}", grammar::day(since, Lang::En)),
        zh: Some(format!("数据库自{}起未通过自检", grammar::day(since, Lang::Zh))),
        ru: Some(format!("База данных не проходит самопроверку с {}", grammar::russian_genitive(since))),
    };
    let sentence = Words {
        en: format!(
            "The database has failed its self-check since {}: {problem}. Run `treatywatch doctor` to see what to do.",
            grammar::day(since, Lang::En)
        ),
        zh: Some(format!(
            "数据库自{}起未通过自检：{problem} [en]。处理办法见`treatywatch doctor`。",
            grammar::day(since, Lang::Zh)
        )),
        ru: Some(format!(
            "База данных с {} не проходит самопроверку: {problem} [en]. Что делать, показывает `treatywatch doctor`.",
            grammar::russian_genitive(since)
        )),
    };
    Wording { headline, sentence }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_told_in_three_languages_with_what_to_do() {
        let since: DateTime<Utc> = "2026-11-24T08:00:00Z".parse().unwrap();
        let failure = |is_stopped, error: &str| EndpointFailure {
            endpoint: "desk".to_owned(),
            since,
            is_stopped,
            error: error.to_owned(),
        };
        let Wording { headline, sentence: stopped } =
            endpoint_failing(&failure(true, "the receiver answered 410"));
        assert_eq!(headline.en, "Endpoint desk is stopped");
        assert_eq!(
            stopped.en,
            "The endpoint desk is stopped: the receiver answered 410. Its messages are kept; send them with \
             `treatywatch deliveries retry --endpoint desk`."
        );
        assert_eq!(
            stopped.zh.unwrap(),
            "端点desk已停止：the receiver answered 410 [en]。消息已保留，可用`treatywatch deliveries retry --endpoint \
             desk`发送。"
        );
        let Wording { headline, sentence: dead } = endpoint_failing(&failure(false, "answered 500"));
        assert_eq!(headline.ru.unwrap(), "Получатель desk: сообщение не доставлено");
        assert_eq!(
            dead.ru.unwrap(),
            "Сообщение получателю desk не доставлено после повторных попыток: answered 500 [en]. Оно сохранено; \
             повторная отправка: `treatywatch deliveries retry --endpoint desk`."
        );
        let Wording { headline, sentence: damaged } =
            database_failing(since, "row 7 is missing from an index");
        assert_eq!(headline.en, "Database has failed its self-check since 24 November 2026");
        assert_eq!(
            damaged.en,
            "The database has failed its self-check since 24 November 2026: row 7 is missing from an index. Run \
             `treatywatch doctor` to see what to do."
        );
        assert!(damaged.ru.unwrap().starts_with("База данных с 24 ноября 2026"));
        assert!(damaged.zh.unwrap().starts_with("数据库自2026年11月24日起"));
    }
}
