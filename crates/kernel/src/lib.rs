//! The kernel's help against floods: a packet that the kernel drops costs a fraction of what refusing it here would.
//!
//! [`Kernel::start`] makes the nftables table `inet preau_gate` (nft(8)): it drops what comes from denied networks to our ports,
//! and new TCP connections of a source beyond a rate. With the feature `xdp` and an interface in the configuration, denied
//! networks are dropped by the network card's driver already, before a packet costs memory.
//!
//! Without the right (`CAP_NET_ADMIN`) or without `nft`, [`Kernel::start`] says so in its error, which is one sentence for
//! the log, and the program goes on without.
//!
//! ```no_run
//! # let clock: preau_base::SharedClock = std::sync::Arc::new(preau_base::SystemClock);
//! # let (listen, trusted_proxies) = (vec![443], Vec::new());
//! let config = preau_kernel::KernelConfig::new(listen, trusted_proxies);
//! let kernel = preau_kernel::Kernel::start(config, clock).inspect_err(|why| tracing::info!("{why}")).ok();
//! if let Some(kernel) = &kernel {
//!     kernel.deny("192.0.2.0/24".parse()?, std::time::Duration::from_secs(60));
//! }
//! # Ok::<(), preau_base::CidrError>(())
//! ```
//!
//! What callers see to: a network that shows valid passes is never denied as a whole. [`Kernel::allow`] lifts its denial at once,
//! and holds off denials and meter for [`limits::ALLOWED_FOR`]. Behind a proxy the kernel sees the proxy's address only: name
//! proxies as never to be touched, and don't deny addresses that a proxy told.

mod capabilities;
mod config;
mod counters;
mod kernel;
pub mod limits;
mod networks;
mod nft;
mod owner;
mod table;
mod why;
mod worker;
#[cfg(feature = "xdp")]
mod xdp;

pub use config::{KernelConfig, Meter};
pub use counters::Counters;
pub use kernel::{Denial, Kernel};
pub use why::Why;
#[cfg(feature = "xdp")]
pub use xdp::Trial;
