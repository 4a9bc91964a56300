use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

/// Describes every counter of the edge; called once a recorder is installed.
pub fn describe_counters() {
    crate::record::describe_counters();
    crate::gatekeeper::describe();
    describe_gauge!("preau_front_connections_open", Unit::Count, "Connections open now, upgraded ones included");
    describe_counter!("preau_front_connections_total", Unit::Count, "Connections accepted, by listener");
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
