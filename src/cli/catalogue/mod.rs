//! `catalogue`: treaties of one's own, before they are used.

mod args;
mod check;
mod import;

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use chrono::NaiveDate;
use serde::Serialize;

use super::exit;
use super::layout::terminal_width;
use super::options::Options;
use super::output::{Style, View, show};
use super::terminal::{Harmless, has_colours};
use crate::catalogue::{self, Files};
use crate::config::Config;
use crate::domain::lang::Lang;
use crate::l10n::phrases;
use crate::sources::BODY_SIZE_MAX_BYTES;

use args::CatalogueAction;
pub use args::CatalogueArgs;
pub use check::CatalogueView;

/// Runs one of the commands. None of them opens a database.
pub fn run(
    args: &CatalogueArgs,
    options: &Options,
    config: &Config,
    today: NaiveDate,
    out: &mut dyn Write,
) -> Result<u8> {
    let style = options.style(config.language, terminal_width());
    match &args.action {
        CatalogueAction::Check(args) => {
            let others = others(options, config, &args.dir)?;
            let review = catalogue::review(&others, &args.dir, args.on.unwrap_or(today).max(today));
            let view = CatalogueView::of(&args.dir, review, args.on.unwrap_or(today), has_colours())?;
            // Colours are escape sequences: they pass only where nobody else's can be among them.
            if view.in_colours() {
                show(&view, style, out)?
            } else {
                show(&view, style, &mut Harmless::new(out))?
            }
            Ok(if view.errors.is_empty() { exit::FINE } else { exit::FAILED })
        }
        CatalogueAction::Schema => {
            writeln!(out, "{}", serde_json::to_string_pretty(&catalogue::schema())?)?;
            Ok(exit::FINE)
        }
        CatalogueAction::Bundle(args) => bundle(options, &args.file, style, &mut Harmless::new(out)),
        CatalogueAction::Import(args) => {
            let others = others(options, config, &args.into)?;
            import::run(args, &others, today, style, &mut Harmless::new(out))
        }
    }
}

/// Packs the seeds into one file, if there is nothing wrong with them.
fn bundle(options: &Options, file: &Path, style: Style, out: &mut dyn Write) -> Result<u8> {
    let seeds = options.seeds.as_deref().filter(|path| !path.as_os_str().is_empty());
    let files = seeds.map_or_else(|| Ok(Files::embedded()), Files::of_dir)?;
    let read = catalogue::read(std::slice::from_ref(&files))?;
    let bundle = files.to_bundle()?;
    ensure!(
        bundle.len() <= BODY_SIZE_MAX_BYTES,
        "the facts are too long: {} bytes as one file, of which a source takes {BODY_SIZE_MAX_BYTES}",
        bundle.len()
    );
    let cannot = || format!("{} cannot be written", file.display());
    let mut to = match File::create_new(file) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            bail!("{} exists: a bundle never overwrites, name another file", file.display())
        }
        opened => opened.with_context(cannot)?,
    };
    if let Err(error) = to.write_all(&bundle).and_then(|()| to.sync_all()) {
        // Whoever publishes half of it is told by every daemon; that it cannot be removed is no further harm.
        let _ = fs::remove_file(file);
        return Err(error).with_context(cannot);
    }
    let (treaties, version) = (read.treaties.len(), read.version.unwrap_or_default());
    show(&BundleView { file: file.display().to_string(), version, treaties }, style, out)?;
    Ok(exit::FINE)
}

/// The facts as they were packed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct BundleView {
    file: String,
    version: u32,
    treaties: usize,
}

impl View for BundleView {
    fn print(&self, lang: Lang, _width: usize, out: &mut dyn Write) -> io::Result<()> {
        let Self { file, version, treaties } = self;
        writeln!(out, "{}", (phrases(lang).catalogue.bundle)(file, *version, *treaties))
    }
}

/// What a catalogue is read together with: the seeds, and the other catalogues of the configuration.
/// Nothing, where it is itself the directory of seeds.
fn others(options: &Options, config: &Config, dir: &Path) -> Result<Vec<Files>> {
    let is_dir = |path: &Path| match (path.canonicalize(), dir.canonicalize()) {
        (Ok(path), Ok(dir)) => path == dir,
        _ => path == dir,
    };
    let seeds = options.seeds.as_deref().filter(|path| !path.as_os_str().is_empty());
    if seeds.is_some_and(is_dir) {
        return Ok(Vec::new());
    }
    let mut others = vec![seeds.map_or_else(|| Ok(Files::embedded()), Files::of_dir)?];
    for path in config.catalogues.iter().filter(|path| !is_dir(path)) {
        others.push(Files::of_dir(path).context("another catalogue of the configuration")?);
    }
    Ok(others)
}
