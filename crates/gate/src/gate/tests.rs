//! The gate as people and attackers meet it, in virtual time, over seeds.

mod crowd;
mod decisions;
mod fairness;
mod networks;
mod operator;
mod restart;
mod robust;
mod site;
