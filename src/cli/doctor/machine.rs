//! What `doctor` says of the machine: the configuration, secrets, the disk, the daemon.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::{Line, Verdict, not_ok, ok, only_english, words};
use crate::config::{Config, ConfigError};
use crate::daemon::Instance;
use crate::domain::text::with_causes;
use crate::store::{FREE_MIN_BYTES, free_bytes};

/// With less room than this, somebody should make some.
const FREE_FEW_BYTES: u64 = 256 << 20;

pub(super) fn configuration(config: &Result<Config, ConfigError>) -> Line {
    let what = words("configuration", "配置", "конфигурация");
    match config {
        Ok(config) => match config.file() {
            Some(path) => {
                let (path, count) = (path.display(), config.endpoints.len());
                let finding = words(
                    format!("{path}, endpoints: {count}"),
                    format!("{path}，端点：{count}"),
                    format!("{path}, получателей: {count}"),
                );
                ok(what, finding)
            }
            None => {
                ok(what, words("no file: defaults", "无文件：默认值", "файла нет: значения по умолчанию"))
            }
        },
        Err(error) => {
            let advice = words(
                "mend it; a daemon that runs keeps what it read before",
                "请修正；运行中的守护进程沿用先前读取的配置",
                "исправьте; работающая служба сохраняет прочитанное раньше",
            );
            not_ok(what, Verdict::Fail, only_english(with_causes(error)), advice)
        }
    }
}

/// Where systemd puts what `LoadCredential=` names: for the service alone, whatever the mode of the file.
const CREDENTIALS: &str = "/run/credentials";

/// Says nothing of a file that only its owner can read. Of the configuration itself, which a service with a user of
/// its own must be able to read, the advice is to keep the secret elsewhere.
pub(super) fn secret(path: &Path, config: Option<&Path>, credentials: Option<&Path>) -> Option<Line> {
    if credentials.into_iter().chain([Path::new(CREDENTIALS)]).any(|dir| path.starts_with(dir))
        && path.exists()
    {
        return None;
    }
    let what = words("secret", "密钥", "секрет");
    let shown = path.display();
    match path.metadata() {
        Ok(meta) if meta.permissions().mode() & 0o077 == 0 => None,
        Ok(_) => {
            let finding = words(
                format!("others can read {shown}"),
                format!("其他用户可读取{shown}"),
                format!("{shown} могут читать другие"),
            );
            let command = format!("chmod 600 {shown}");
            let advice = if config == Some(path) {
                words(
                    format!(
                        "keep URLs that are secrets in files of their own (url_file, heartbeat_file), or: {command}"
                    ),
                    format!("请将作为密钥的URL存入单独文件（url_file、heartbeat_file），或：{command}"),
                    format!(
                        "храните секретные URL в отдельных файлах (url_file, heartbeat_file) или: {command}"
                    ),
                )
            } else {
                words(&command, &command, &command)
            };
            Some(not_ok(what, Verdict::Warn, finding, advice))
        }
        Err(error) => {
            let advice = words("see that the file is there", "请确认文件存在", "проверьте, что файл есть");
            Some(not_ok(what, Verdict::Fail, only_english(format!("{shown}: {error}")), advice))
        }
    }
}

pub(super) fn room(database: &Path) -> Line {
    let what = words("disk", "磁盘", "диск");
    let size = database.metadata().map_or(0, |meta| meta.len());
    match free_bytes(database) {
        Ok(free) => {
            let megabytes = free >> 20;
            let finding = words(
                format!("room for {megabytes} MB"),
                format!("剩余{megabytes} MB"),
                format!("свободно {megabytes} МБ"),
            );
            let advice = words(
                "make room: a backup needs as much as the database",
                "请腾出空间：备份所需空间与数据库相同",
                "освободите место: копия занимает столько же, сколько база",
            );
            if free < FREE_MIN_BYTES {
                not_ok(what, Verdict::Fail, finding, advice)
            } else if free < FREE_FEW_BYTES.max(size.saturating_mul(2)) {
                not_ok(what, Verdict::Warn, finding, advice)
            } else {
                ok(what, finding)
            }
        }
        Err(error) => {
            let advice =
                words("see that the directory is there", "请确认目录存在", "проверьте, что каталог есть");
            not_ok(what, Verdict::Fail, only_english(error.to_string()), advice)
        }
    }
}

pub(super) fn daemon(database: &Path) -> Line {
    let what = words("daemon", "守护进程", "служба");
    match Instance::holder(database) {
        Ok(Some(holder)) => ok(
            what,
            words(
                format!("running ({holder})"),
                format!("运行中（{holder}）"),
                format!("работает ({holder})"),
            ),
        ),
        Ok(None) => not_ok(
            what,
            Verdict::Warn,
            words("not running", "未运行", "не работает"),
            words("treatywatch serve", "treatywatch serve", "treatywatch serve"),
        ),
        Err(error) => not_ok(
            what,
            Verdict::Warn,
            only_english(with_causes(&error)),
            words("see who may read it", "请检查读取权限", "проверьте права на чтение"),
        ),
    }
}
