//! A server on loopback with a thread of its own, so that what it does is not in the tasks that are measured.

use std::net::{SocketAddr, TcpListener};
use std::thread;

use axum::Router;
use tokio::runtime::Builder;

/// Answers on a free port of each of these addresses until the program ends.
pub fn start(hosts: impl IntoIterator<Item = String>, router: Router) -> Vec<SocketAddr> {
    let bind = |host: String| {
        let listener = TcpListener::bind((host.as_str(), 0)).expect("a free port");
        listener.set_nonblocking(true).expect("a listener for tokio");
        listener
    };
    let listeners: Vec<TcpListener> = hosts.into_iter().map(bind).collect();
    let address = |listener: &TcpListener| listener.local_addr().expect("an address");
    let addresses = listeners.iter().map(address).collect();
    thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            for listener in listeners {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
                let router = router.clone();
                tokio::spawn(async { axum::serve(listener, router).await });
            }
            std::future::pending::<()>().await;
        });
    });
    addresses
}
