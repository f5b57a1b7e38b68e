//! `doctor`: whether everything is as it should be, and what to do where it is not.

mod endpoints;
mod machine;
mod sources;

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use clap::Args;
use serde::Serialize;

use super::exit;
use super::layout::hung;
use super::view::{View, colon, say};
use crate::config::{Config, ConfigError};
use crate::daemon::Instance;
use crate::domain::text::with_causes;
use crate::domain::treaty::{Lang, Words};
use crate::jobs::{self, FarAhead};
use crate::store::{ActsToCome, Found, Store, StoreError, schema_version};
use crate::web::{About, Complaint, is_to_come, judge};
use endpoints::{endpoints, set_clock};
use machine::{configuration, daemon, room, secret};
use sources::sources;

/// A clock may be so far from that of a receiver.
const CLOCK_OFF_S: i64 = 60;

/// What was found stands behind its verdict.
const INDENT: usize = 7;

/// `doctor`
#[derive(Debug, Clone, Copy, Args)]
pub struct DoctorArgs {
    /// Skip the checks that need the network
    #[arg(long)]
    pub offline: bool,
}

/// How a thing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// Somebody should look at it.
    Warn,
    /// It does not work.
    Fail,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// What.
    pub what: Words,
    /// How it was found.
    pub verdict: Verdict,
    /// What was found.
    pub finding: Words,
    /// What to do; none where nothing is to be done.
    pub advice: Option<Words>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DoctorView {
    /// What was looked at, in order.
    pub checks: Vec<Line>,
}

/// What is looked at.
pub struct Patient<'a> {
    /// The configuration with its secrets, or why it cannot be used.
    pub config: &'a Result<Config, ConfigError>,
    /// The database.
    pub database: &'a Path,
    /// Whether nothing is to be reached over the network.
    pub offline: bool,
    /// The instant.
    pub now: DateTime<Utc>,
}

impl DoctorView {
    /// Whether something does not work.
    pub fn exit_code(&self) -> u8 {
        let fails = self.checks.iter().any(|line| line.verdict == Verdict::Fail);
        if fails { exit::FOUND } else { exit::FINE }
    }
}

fn words(en: impl Into<String>, zh: impl Into<String>, ru: impl Into<String>) -> Words {
    Words { en: en.into(), zh: Some(zh.into()), ru: Some(ru.into()) }
}

/// What is said in English only; other languages mark it.
fn only_english(en: impl Into<String>) -> Words {
    Words { en: en.into(), zh: None, ru: None }
}

fn ok(what: Words, finding: Words) -> Line {
    Line { what, verdict: Verdict::Ok, finding, advice: None }
}

fn not_ok(what: Words, verdict: Verdict, finding: Words, advice: Words) -> Line {
    Line { what, verdict, finding, advice: Some(advice) }
}

/// Looks at everything and changes nothing.
pub async fn doctor(patient: &Patient<'_>) -> DoctorView {
    let mut checks = vec![configuration(patient.config)];
    if let Ok(config) = patient.config {
        let credentials = std::env::var_os("CREDENTIALS_DIRECTORY").filter(|dir| !dir.is_empty());
        let credentials = credentials.as_ref().map(Path::new);
        let secrets = config.secret_files.iter();
        checks.extend(secrets.filter_map(|path| secret(path, config.file(), credentials)));
    }
    checks.push(room(patient.database));
    checks.push(daemon(patient.database));
    checks.extend(database(patient).await);
    if let Ok(config) = patient.config
        && !patient.offline
    {
        checks.extend(endpoints(config, patient.now).await);
    }
    DoctorView { checks: unless_doubted(checks) }
}

/// Leaves out that a thing is well where something else about it is not: a receiver can be reached, and refuses
/// every message.
fn unless_doubted(checks: Vec<Line>) -> Vec<Line> {
    let bad = checks.iter().filter(|line| line.verdict != Verdict::Ok);
    let bad: BTreeSet<String> = bad.map(|line| line.what.en.clone()).collect();
    let stays = |line: &Line| line.verdict != Verdict::Ok || !bad.contains(&line.what.en);
    checks.into_iter().filter(stays).collect()
}

async fn database(patient: &Patient<'_>) -> Vec<Line> {
    let what = || words("database", "数据库", "база данных");
    let shown = patient.database.display();
    if !patient.database.exists() {
        let finding = words(
            format!("{shown} is not there yet"),
            format!("{shown}尚不存在"),
            format!("{shown} ещё не создана"),
        );
        let advice =
            words("treatywatch serve makes it", "treatywatch serve会创建它", "её создаст treatywatch serve");
        return vec![not_ok(what(), Verdict::Warn, finding, advice)];
    }
    let restore = || {
        words(
            "treatywatch restore COPY, with the daemon stopped",
            "停止守护进程后运行treatywatch restore COPY",
            "остановите службу и запустите treatywatch restore COPY",
        )
    };
    let found = match Store::look(patient.database).await {
        Ok(found) => found,
        Err(error) => {
            let advice = match &error {
                StoreError::Newer { .. } => {
                    words("install the newer program", "请安装新版程序", "установите новую версию программы")
                }
                _ => restore(),
            };
            return vec![not_ok(what(), Verdict::Fail, only_english(with_causes(&error)), advice)];
        }
    };
    if let Some(fault) = found.difference.as_ref().or(found.faults.first()) {
        return vec![not_ok(what(), Verdict::Fail, only_english(fault), restore())];
    }
    let Found { version, .. } = found;
    if version < schema_version() {
        let finding = words(
            format!("{shown} has schema {version}, this program has {}", schema_version()),
            format!("{shown}的架构版本为{version}，本程序为{}", schema_version()),
            format!("{shown}: схема {version}, у программы {}", schema_version()),
        );
        let advice = words(
            "make a backup, then restart the daemon: it brings the database up to date",
            "请先备份，再重启守护进程，由其升级数据库",
            "сделайте копию и перезапустите службу: она обновит базу",
        );
        return vec![not_ok(what(), Verdict::Warn, finding, advice)];
    }
    let store = match Store::open_to_read(patient.database).await {
        Ok(store) => store,
        Err(error) => {
            let advice = words("see who may write it", "请检查写入权限", "проверьте права на запись");
            return vec![not_ok(what(), Verdict::Fail, only_english(with_causes(&error)), advice)];
        }
    };
    let lines = opened(&store, patient, version).await;
    store.close().await;
    lines
}

async fn opened(store: &Store, patient: &Patient<'_>, version: i64) -> Vec<Line> {
    let report = jobs::inspect(store, patient.now).await;
    let what = || words("database", "数据库", "база данных");
    // The room on the disk has a line of its own.
    let mut lines: Vec<Line> = report
        .problems
        .iter()
        .filter(|problem| !problem.starts_with("the disk "))
        .map(|problem| {
            let advice = words(
                "treatywatch restore COPY, with the daemon stopped",
                "停止守护进程后运行treatywatch restore COPY",
                "остановите службу и запустите treatywatch restore COPY",
            );
            not_ok(what(), Verdict::Fail, only_english(problem), advice)
        })
        .collect();
    if lines.is_empty() {
        let count = report.treaties;
        let finding = if store.can_write() {
            words(
                format!("sound, schema {version}, treaties compared: {count}"),
                format!("完好，架构版本{version}，已核对条约：{count}"),
                format!("исправна, схема {version}, сверено договоров: {count}"),
            )
        } else {
            words(
                format!("sound, schema {version}, treaties not compared, as this user may only read"),
                format!("完好，架构版本{version}，本用户只能读取，未核对条约"),
                format!("исправна, схема {version}, договоры не сверены: доступно только чтение"),
            )
        };
        lines.push(ok(what(), finding));
    }
    lines.push(match store.job_pulses().await {
        Ok(jobs) => {
            let last = jobs.iter().filter_map(|job| job.succeeded_at).max();
            clock(last, patient.now)
        }
        Err(error) => unread(&error),
    });
    if let Ok(Some(far)) = jobs::far_ahead(store).await {
        lines.push(facts(far));
    }
    let today =
        patient.config.as_ref().map_or_else(|_| patient.now.date_naive(), |config| config.today(patient.now));
    match store.acts_to_come(today).await {
        Ok(first) => lines.extend(first.map(|first| to_come(&first, today))),
        Err(error) => lines.push(unread(&error)),
    }
    match judged(store, patient).await {
        Ok(judged) => lines.extend(judged),
        Err(error) => lines.push(unread(&error)),
    }
    lines
}

/// Facts that nothing in order can take the place of.
fn facts(FarAhead { has, program }: FarAhead) -> Line {
    let what = words("facts", "资料", "сведения");
    let finding = words(
        format!("version {has}, far ahead of version {program} of this program, which is passed over"),
        format!("第{has}版，远高于本程序的第{program}版，后者不予采用"),
        format!("версия {has}, намного выше версии {program} этой программы, которая не применяется"),
    );
    let advice = words(
        "if that is a mistake: treatywatch sources trust NAME takes an earlier version of the dataset NAME",
        "如属错误：treatywatch sources trust NAME可采用数据集NAME的较早版本",
        "если это ошибка: treatywatch sources trust NAME примет более раннюю версию набора NAME",
    );
    not_ok(what, Verdict::Warn, finding, advice)
}

/// What has been done in time and what has not, and how endpoints and sources are doing.
async fn judged(store: &Store, patient: &Patient<'_>) -> Result<Vec<Line>, StoreError> {
    let (endpoints, watched): (Vec<String>, BTreeSet<&str>) = match patient.config {
        Ok(config) => (
            config.endpoints.iter().map(|endpoint| endpoint.name.clone()).collect(),
            config.sources.list.iter().map(|source| source.name.as_str()).collect(),
        ),
        Err(_) => Default::default(),
    };
    let report = judge(store, &endpoints, patient.now).await?;
    let is_running = matches!(Instance::holder(patient.database), Ok(Some(_)));
    let watch = store.watch().await?;
    // Without a daemon the check itself counts, whoever has run it.
    let by_hand = watch.checked_on.zip(watch.checked_at).filter(|_| !is_running);
    let by_hand = by_hand.filter(|(day, _)| !is_to_come(*day, patient.now));
    let is_told = |it: &&Complaint| match it.about {
        About::Job => by_hand.is_none() || it.what != "check",
        // A daemon that does not run uses none.
        About::Configuration => is_running,
        // They have lines of their own.
        About::Source => false,
        About::Database | About::Endpoint => true,
    };
    // Without a daemon every job is overdue; a line above reports that.
    let verdict = if is_running { Verdict::Fail } else { Verdict::Warn };
    let problems = report.problems.iter().filter(is_told).map(|problem| complaint(problem, verdict));
    let warnings = report.warnings.iter().filter(is_told).map(|warning| complaint(warning, Verdict::Warn));
    let mut lines: Vec<Line> = problems.chain(warnings).collect();
    let all = report.problems.iter().chain(&report.warnings);
    let in_time = all.filter(is_told).all(|it| it.about != About::Job);
    match (by_hand, report.last_check_at) {
        (Some((day, at)), _) => lines.insert(0, checked_by_hand(day, at, patient.now)),
        (None, Some(last)) if in_time => lines.insert(
            0,
            ok(
                words("jobs", "任务", "задания"),
                words(
                    format!("in time, last check {}", shown_instant(last)),
                    format!("按时，最近一次检查{}", shown_instant(last)),
                    format!("в срок, последняя проверка {}", shown_instant(last)),
                ),
            ),
        ),
        (None, _) => {}
    }
    let pulses = store.source_pulses().await?;
    let thin = jobs::thin_pages(store).await?;
    let pulses = pulses.iter().filter(|pulse| watched.contains(pulse.name.as_str()));
    lines.extend(sources(pulses, &thin, patient.now));
    Ok(lines)
}

/// Acts that nobody can have done yet.
fn to_come(acts: &ActsToCome, today: NaiveDate) -> Line {
    let ActsToCome { act_id, on_date, count } = acts;
    let finding = words(
        format!("acts of days after today, {today}: {count}; the first is of {on_date}: {act_id}"),
        format!("日期晚于今天（{today}）的行为：{count}项；最早的一项为{on_date}：{act_id}"),
        format!("акты с датой позже сегодняшней ({today}): {count}; первый — {on_date}: {act_id}"),
    );
    let advice = words(
        "correct the year in the catalogue, or take the act out until it has been done",
        "请更正目录中的年份，或在行为作出之前将其删除",
        "исправьте год в каталоге или уберите акт, пока он не совершён",
    );
    not_ok(words("facts", "资料", "сведения"), Verdict::Warn, finding, advice)
}

/// When and of which day the last check was, where no daemon sees to it. One that is older than yesterday's is late,
/// in every time zone.
fn checked_by_hand(day: NaiveDate, at: DateTime<Utc>, now: DateTime<Utc>) -> Line {
    let what = words("check", "检查", "проверка");
    let at = shown_instant(at);
    let finding = words(
        format!("the last one was made at {at}, of {day}"),
        format!("最近一次于{at}进行，检查日期为{day}"),
        format!("последняя выполнена {at}, за {day}"),
    );
    let is_late = now.date_naive().checked_sub_days(Days::new(1)).is_some_and(|yesterday| day < yesterday);
    if is_late {
        let advice = words(
            "treatywatch check, once a day, or treatywatch serve",
            "每天运行一次treatywatch check，或运行treatywatch serve",
            "treatywatch check каждый день или treatywatch serve",
        );
        not_ok(what, Verdict::Warn, finding, advice)
    } else {
        ok(what, finding)
    }
}

fn unread(error: &StoreError) -> Line {
    let advice = words("try again", "请重试", "попробуйте ещё раз");
    not_ok(
        words("database", "数据库", "база данных"),
        Verdict::Fail,
        only_english(with_causes(error)),
        advice,
    )
}

fn complaint(complaint: &Complaint, verdict: Verdict) -> Line {
    let Complaint { what, since, error, about } = complaint;
    let since = since.map(shown_instant);
    let (en, zh, ru) = match since {
        Some(since) => (format!(" (since {since})"), format!("（自{since}起）"), format!(" (с {since})")),
        None => Default::default(),
    };
    let finding = words(format!("{error}{en}"), format!("{error}{zh} [en]"), format!("{error}{ru} [en]"));
    let what = match about {
        About::Configuration => words("configuration", "配置", "конфигурация"),
        About::Job | About::Database | About::Endpoint | About::Source => words(what, what, what),
    };
    not_ok(what, verdict, finding, advice(complaint))
}

fn advice(complaint: &Complaint) -> Words {
    match complaint.about {
        About::Endpoint => {
            let name = &complaint.what;
            let (list, retry) = (
                format!("treatywatch deliveries --failed --endpoint {name}"),
                format!("treatywatch deliveries retry --endpoint {name}"),
            );
            words(
                format!("{list}; once it is mended: {retry}"),
                format!("{list}；修复后：{retry}"),
                format!("{list}; когда исправлено: {retry}"),
            )
        }
        About::Configuration => words(
            "mend the file or put it back, then send the daemon SIGHUP; or restart it, if it is to run as the file is now",
            "请修正或恢复文件，然后向守护进程发送SIGHUP；如应按现有文件运行，请重启守护进程",
            "исправьте или верните файл и пошлите службе SIGHUP; если нужна нынешняя, перезапустите службу",
        ),
        About::Job | About::Database | About::Source => words(
            "see the daemon's log, and docs/operations.md on faults",
            "请查看守护进程日志及docs/operations.md中的故障说明",
            "см. журнал службы и раздел о неисправностях в docs/operations.md",
        ),
    }
}

/// The last run cannot lie ahead.
fn clock(last: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Line {
    let what = words("clock", "时钟", "часы");
    let ahead = last.filter(|last| now + TimeDelta::seconds(CLOCK_OFF_S) < *last);
    let at = shown_instant(now);
    match ahead.map(shown_instant) {
        None => ok(what, words(&at, &at, &at)),
        Some(last) => not_ok(
            what,
            Verdict::Fail,
            words(
                format!("it is {at}, but a job has run at {last}"),
                format!("现在为{at}，但有任务于{last}运行过"),
                format!("сейчас {at}, но задание выполнялось {last}"),
            ),
            set_clock(),
        ),
    }
}

fn shown_instant(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%SZ").to_string()
}

impl View for DoctorView {
    fn print(&self, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        for line in &self.checks {
            let verdict = match line.verdict {
                Verdict::Ok => say(lang, "ok", "正常", "есть"),
                Verdict::Warn => say(lang, "warn", "注意", "важно"),
                Verdict::Fail => say(lang, "fail", "故障", "сбой"),
            };
            let text = format!("{}{}{}", line.what.in_lang(lang), colon(lang), line.finding.in_lang(lang));
            hung(out, width, INDENT, verdict, &text)?;
            if let Some(advice) = &line.advice {
                hung(out, width, INDENT, "", &format!("-> {}", advice.in_lang(lang)))?;
            }
        }
        Ok(())
    }
}
