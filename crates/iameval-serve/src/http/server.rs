//! Connections: how many there are, how long they may take, and how they end.

use super::answer::{Shared, router};
use super::log;
use super::patient::Patient;
use crate::api::Api;
use hyper::server::conn::http1;
use hyper_util::rt::TokioTimer;
use hyper_util::service::TowerToHyperService;
use iameval_world::World;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;

/// How a server serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerOptions {
    /// Whether it may listen beyond this machine, and be asked by any name.
    pub allow_remote: bool,
    /// How large a body may be, in bytes.
    pub body: usize,
    /// How many requests are worked on at once.
    pub requests: usize,
    /// How many connections there may be.
    pub connections: usize,
    /// How long a header or a body may take to arrive, a request may wait, and an end may be put off.
    pub patience: Duration,
    /// Whether every request is told, and not only what failed here.
    pub log_requests: bool,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            allow_remote: false,
            body: 8 << 20,
            requests: 2 * processors(),
            connections: 512,
            patience: Duration::from_secs(20),
            log_requests: false,
        }
    }
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// A server that listens and does not answer yet.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
}

/// Reaches a server that runs.
#[derive(Debug, Clone)]
pub struct Handle {
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
}

impl Handle {
    /// Answers from another world from now on. Requests that are being answered keep theirs.
    pub fn replace_world(&self, world: Arc<World>) {
        self.shared.replace(self.shared.api().with_world(world));
        self.shared.metrics.reload(true);
        log::event("reloaded", &[]);
    }

    /// Says that another world could not be read, so that the last good one stays.
    pub fn keep_world(&self, why: &str) {
        self.shared.metrics.reload(false);
        log::event("reload failed", &[("why", why), ("world", "the last good one stays")]);
    }

    /// Stops: no new requests, and those under way are answered.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Whether it was stopped.
    pub fn is_stopped(&self) -> bool {
        *self.stop.borrow()
    }
}

impl Server {
    /// Listens at an address; port 0 is any that is free.
    ///
    /// # Errors
    /// When the address cannot be had, or is not of this machine alone and that is not allowed.
    pub fn bind(address: SocketAddr, api: Api, options: ServerOptions) -> io::Result<Self> {
        if !address.ip().is_loopback() && !options.allow_remote {
            let message = format!("{address} can be reached from other machines; `--allow-remote` allows that");
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, message));
        }
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address, shared: Arc::new(Shared::new(api, options)), stop: watch::Sender::new(false) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What reaches it while it runs.
    pub fn handle(&self) -> Handle {
        Handle { shared: self.shared.clone(), stop: self.stop.clone() }
    }

    /// Serves until it is stopped, by a handle, SIGTERM or SIGINT; requests under way are answered first.
    ///
    /// # Errors
    /// When the threads cannot be started.
    pub fn run(self) -> io::Result<()> {
        let requests = self.shared.options.requests;
        let mut threads = tokio::runtime::Builder::new_multi_thread();
        let runtime = threads.worker_threads(processors()).max_blocking_threads(requests).enable_all().build()?;
        let served = runtime.block_on(self.serve());
        runtime.shutdown_timeout(Duration::from_secs(1));
        served
    }

    async fn serve(self) -> io::Result<()> {
        let listener = tokio::net::TcpListener::from_std(self.listener)?;
        let options = self.shared.options;
        let connections = Arc::new(Semaphore::new(options.connections));
        let router = router(self.shared.clone());
        let mut stopped = self.stop.subscribe();
        tokio::spawn(signalled(self.stop.clone()));
        log::event("listening", &[("address", &self.address.to_string())]);
        loop {
            let permit = connections.clone().acquire_owned();
            let (permit, accepted) = tokio::select! {
                _ = stopped.wait_for(|stop| *stop) => break,
                (permit, accepted) = async { (permit.await, listener.accept().await) } => (permit, accepted),
            };
            let Ok((stream, _)) = accepted else {
                // Out of file handles, or the peer has gone: others may be luckier.
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            };
            self.shared.metrics.connection();
            // Small answers need not wait for more.
            let _ = stream.set_nodelay(true);
            let service = TowerToHyperService::new(router.clone());
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new())
                .header_read_timeout(options.patience)
                .max_buf_size(64 << 10)
                .pipeline_flush(true);
            let mut connection = Box::pin(http.serve_connection(Patient::new(stream, options.patience), service));
            let mut stopped = stopped.clone();
            tokio::spawn(async move {
                let _permit = permit;
                tokio::select! {
                    _ = &mut connection => return,
                    _ = stopped.wait_for(|stop| *stop) => connection.as_mut().graceful_shutdown(),
                }
                let _ = connection.await;
            });
        }
        drop(listener);
        log::event("stopping", &[]);
        // Every connection has given its permit back once all can be had.
        let all = u32::try_from(options.connections).unwrap_or(u32::MAX);
        let ended = timeout(options.patience, connections.acquire_many(all)).await.is_ok();
        log::event("stopped", &[("requests", if ended { "all answered" } else { "some cut off" })]);
        Ok(())
    }
}

/// Waits for SIGTERM or SIGINT.
async fn signalled(stop: watch::Sender<bool>) {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
        else {
            return;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    }
    #[cfg(not(unix))]
    if tokio::signal::ctrl_c().await.is_err() {
        return;
    }
    stop.send_replace(true);
}
