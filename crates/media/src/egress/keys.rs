//! The keys under which packets go to a peer. str0m agrees on them by DTLS (RFC 5764) and keeps them to itself; a provider of
//! DTLS that stands between it and the library hands a copy to whoever sends.

use std::cell::RefCell;
use std::sync::{Arc, OnceLock};
use std::time::Instant;
use str0m::crypto::dtls::{
    DtlsCert, DtlsImplError, DtlsInstance, DtlsOutput, DtlsProvider, DtlsVersion, ProtocolVersion, SrtpProfile,
};
use str0m::crypto::{CryptoError, CryptoProvider, from_feature_flags};

/// What a handshake has agreed on.
pub struct Agreed {
    pub profile: SrtpProfile,
    /// The client's key, the server's, the client's salt, the server's (RFC 5764 §4.2).
    pub material: Vec<u8>,
    /// We are the client.
    pub is_client: bool,
}

thread_local! {
    /// A handshake ends within a call of str0m, and its connection is then the one whose call it was.
    static AGREED: RefCell<Option<Agreed>> = const { RefCell::new(None) };
}

/// What was agreed on by the last handshake that ended on this thread, once.
pub fn take() -> Option<Agreed> {
    AGREED.take()
}

/// str0m's own provider, overheard.
pub fn provider() -> Arc<CryptoProvider> {
    static PROVIDER: OnceLock<Arc<CryptoProvider>> = OnceLock::new();
    let overheard = || Arc::new(CryptoProvider { dtls_provider: &Overheard, ..from_feature_flags() });
    Arc::clone(PROVIDER.get_or_init(overheard))
}

#[derive(Debug)]
struct Overheard;

impl DtlsProvider for Overheard {
    fn generate_certificate(&self) -> Option<DtlsCert> {
        from_feature_flags().dtls_provider.generate_certificate()
    }

    fn new_dtls(
        &self,
        cert: &DtlsCert,
        now: Instant,
        version: DtlsVersion,
        mtu: Option<usize>,
    ) -> Result<Box<dyn DtlsInstance>, CryptoError> {
        let inner = from_feature_flags().dtls_provider.new_dtls(cert, now, version, mtu)?;
        Ok(Box::new(Connection { inner }))
    }
}

#[derive(Debug)]
struct Connection {
    inner: Box<dyn DtlsInstance>,
}

impl DtlsInstance for Connection {
    fn poll_output<'a>(&mut self, buffer: &'a mut [u8]) -> DtlsOutput<'a> {
        let output = self.inner.poll_output(buffer);
        if let DtlsOutput::KeyingMaterial(material, profile) = &output {
            let (material, is_client) = (material.as_ref().to_vec(), self.inner.is_active());
            AGREED.set(Some(Agreed { profile: *profile, material, is_client }));
        }
        output
    }

    fn set_active(&mut self, active: bool) {
        self.inner.set_active(active);
    }

    fn handle_packet(&mut self, packet: &[u8]) -> Result<(), DtlsImplError> {
        self.inner.handle_packet(packet)
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), DtlsImplError> {
        self.inner.handle_timeout(now)
    }

    fn send_application_data(&mut self, data: &[u8]) -> Result<usize, DtlsImplError> {
        self.inner.send_application_data(data)
    }

    fn is_active(&self) -> bool {
        self.inner.is_active()
    }

    fn protocol_version(&self) -> Option<ProtocolVersion> {
        self.inner.protocol_version()
    }

    fn is_closing(&self) -> bool {
        self.inner.is_closing()
    }

    fn is_closed(&self) -> bool {
        self.inner.is_closed()
    }

    fn close(&mut self) -> Result<(), DtlsImplError> {
        self.inner.close()
    }
}
