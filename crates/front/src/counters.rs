use http::StatusCode;
use metrics::{
    Counter, Gauge, Histogram, Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};
use std::time::Duration;

/// Describes every counter of the edge; called once a recorder is installed.
pub fn describe_counters() {
    crate::record::describe_counters();
    crate::gatekeeper::describe();
    describe_gauge!("preau_front_connections_open", Unit::Count, "Connections open now, upgraded ones included");
    describe_counter!("preau_front_connections_total", Unit::Count, "Connections accepted, by listener");
    describe_gauge!(
        "preau_front_door_waiting",
        Unit::Count,
        "Connections that were accepted and wait for their first turn"
    );
    describe_gauge!(
        "preau_front_turn_seconds",
        Unit::Seconds,
        "How long a new connection waits for its first turn once it is handed over, as last measured"
    );
    describe_counter!(
        "preau_front_accept_failures_total",
        Unit::Count,
        "Accepts that failed, mostly for lack of file descriptors"
    );
    describe_counter!(
        "preau_front_refusals_total",
        Unit::Count,
        "Connections and requests turned away by the edge, by reason"
    );
    describe_counter!(
        "preau_front_signs_total",
        Unit::Count,
        "Connections and requests that ended as honest ones seldom do, by the gate's sign"
    );
    describe_counter!("preau_front_tls_failures_total", Unit::Count, "TLS handshakes that failed, by reason");
    describe_gauge!(
        "preau_front_requests_in_flight",
        Unit::Count,
        "Requests from their header to the last byte of the answer"
    );
    describe_counter!("preau_front_requests_total", Unit::Count, "Requests answered, by class of status");
    describe_histogram!(
        "preau_front_request_seconds",
        Unit::Seconds,
        "From the request header to the head of the answer"
    );
    describe_counter!("preau_front_panics_total", Unit::Count, "Handlers that panicked; each is a defect");
    describe_gauge!(
        "preau_front_certificate_not_after_seconds",
        Unit::Seconds,
        "End of the certificate in use, in Unix time"
    );
    describe_counter!(
        "preau_front_certificate_renewals_total",
        Unit::Count,
        "Certificates loaded, reloaded or obtained, by outcome"
    );
}

/// What every request counts. Handles are kept, as looking one up costs more than the refusal of a request; they are made
/// once a recorder is installed.
pub(crate) struct RequestCounts {
    /// By the first digit of the status, 1 to 5.
    classes: [Counter; 5],
    seconds: Histogram,
    pub in_flight: Gauge,
}

impl RequestCounts {
    pub fn new() -> Self {
        let class = |name: &'static str| counter!("preau_front_requests_total", "status" => name);
        Self {
            classes: ["1xx", "2xx", "3xx", "4xx", "5xx"].map(class),
            seconds: histogram!("preau_front_request_seconds"),
            in_flight: gauge!("preau_front_requests_in_flight"),
        }
    }

    pub fn answered(&self, status: StatusCode, after: Duration) {
        let class = usize::from(status.as_u16() / 100).clamp(1, 5) - 1;
        self.classes[class].increment(1);
        self.seconds.record(after);
    }
}
