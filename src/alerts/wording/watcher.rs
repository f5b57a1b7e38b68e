//! The program itself in words: what of it fails, and what to do.

use chrono::{DateTime, Utc};

use crate::domain::day::PartialDay;
use crate::domain::delivery::EndpointFailure;
use crate::domain::grammar;
use crate::domain::treaty::{Lang, Words};

/// What was found is in English; the other languages mark it.
pub(in crate::alerts) fn endpoint_failing(failure: &EndpointFailure) -> Words {
    let EndpointFailure { endpoint, error, is_stopped, .. } = failure;
    let command = format!("`treatywatch deliveries retry --endpoint {endpoint}`");
    if *is_stopped {
        return Words {
            en: format!(
                "The endpoint {endpoint} is stopped: {error}. Its messages wait until they are asked for with {command}."
            ),
            zh: Some(format!("端点{endpoint}已停止：{error} [en]。其消息将等待{command}重新发送。")),
            ru: Some(format!(
                "Отправка получателю {endpoint} остановлена: {error} [en]. Сообщения ждут команды {command}."
            )),
        };
    }
    Words {
        en: format!(
            "A message to the endpoint {endpoint} was given up after repeated attempts: {error}. It is kept, and \
             {command} sends it again."
        ),
        zh: Some(format!(
            "发往端点{endpoint}的一条消息在多次尝试后被放弃：{error} [en]。消息已保留，可用{command}重新发送。"
        )),
        ru: Some(format!(
            "Сообщение получателю {endpoint} не доставлено после повторных попыток: {error} [en]. Оно сохранено; \
             повторная отправка — {command}."
        )),
    }
}

pub(in crate::alerts) fn database_failing(since: DateTime<Utc>, problem: &str) -> Words {
    let since = PartialDay::exact(since.date_naive());
    Words {
        en: format!(
            "The database has not passed its self-check since {}: {problem}. `treatywatch doctor` says what to do.",
            grammar::day(since, Lang::En)
        ),
        zh: Some(format!(
            "数据库自{}起未通过自检：{problem} [en]。处理办法见`treatywatch doctor`。",
            grammar::day(since, Lang::Zh)
        )),
        ru: Some(format!(
            "База данных с {} не проходит самопроверку: {problem} [en]. Что делать, говорит `treatywatch doctor`.",
            grammar::russian_genitive(since)
        )),
    }
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
        let stopped = endpoint_failing(&failure(true, "the receiver answered 410"));
        assert_eq!(
            stopped.en,
            "The endpoint desk is stopped: the receiver answered 410. Its messages wait until they are asked for with \
             `treatywatch deliveries retry --endpoint desk`."
        );
        assert_eq!(
            stopped.zh.unwrap(),
            "端点desk已停止：the receiver answered 410 [en]。其消息将等待`treatywatch deliveries retry --endpoint \
             desk`重新发送。"
        );
        let dead = endpoint_failing(&failure(false, "answered 500"));
        assert_eq!(
            dead.ru.unwrap(),
            "Сообщение получателю desk не доставлено после повторных попыток: answered 500 [en]. Оно сохранено; \
             повторная отправка — `treatywatch deliveries retry --endpoint desk`."
        );
        let damaged = database_failing(since, "row 7 is missing from an index");
        assert_eq!(
            damaged.en,
            "The database has not passed its self-check since 24 November 2026: row 7 is missing from an index. \
             `treatywatch doctor` says what to do."
        );
        assert!(damaged.ru.unwrap().starts_with("База данных с 24 ноября 2026"));
        assert!(damaged.zh.unwrap().starts_with("数据库自2026年11月24日起"));
    }
}
