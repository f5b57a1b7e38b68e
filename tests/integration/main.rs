//! The program and its parts on real files and real HTTP: one binary, because each would link the whole program.
//!
//! All tests run side by side in one process. None changes what they share: its environment, its current directory,
//! its limits. What a test needs of these it gives to a process of its own, by [`env::TestEnv::command`].

mod env;

mod alerts;
mod architecture;
mod attention;
mod catalogue;
mod command_line;
mod crash;
mod daemon;
mod dataset;
mod doctor;
mod jobs;
mod lifecycle;
mod own_treaties;
mod properties;
mod replay;
mod seeds;
mod shared_dates;
mod sources;
mod sources_fetch;
mod sources_year;
mod store;
mod watcher;
