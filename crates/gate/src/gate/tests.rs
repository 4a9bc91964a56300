//! The gate as people and attackers meet it, in virtual time, over seeds.

mod decisions;
mod site;
