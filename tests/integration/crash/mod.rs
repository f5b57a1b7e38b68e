//! Nothing is lost and nothing comes under two ids, wherever the program is cut off.
//!
//! The program is a real process, its receivers speak HTTP on loopback. Where a retry is hours away the
//! test moves its time in the database, while no daemon runs.

mod failpoints;
mod full_disk;
mod kills;
mod lake;
mod peer;
mod restores;
mod three_cases;
