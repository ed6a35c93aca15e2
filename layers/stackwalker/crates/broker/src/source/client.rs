//! The HTTP client of all sources: it goes nowhere but where it is sent.

use object_store::ClientOptions;
use object_store::client::{HttpClient, HttpConnector};
use reqwest::redirect::Policy;

use crate::config::RequestConfig;

/// Makes clients that follow no redirect and heed no proxy of the environment.
#[derive(Debug)]
pub struct Connector(RequestConfig);

impl Connector {
    /// With the times of `requests`.
    pub fn new(requests: &RequestConfig) -> Self {
        Self(*requests)
    }
}

impl HttpConnector for Connector {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        let client = reqwest::Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(self.0.connect())
            .timeout(self.0.timeout())
            .pool_max_idle_per_host(self.0.at_once)
            .build()
            .map_err(|error| object_store::Error::Generic {
                store: "HTTP",
                source: Box::new(error),
            })?;
        Ok(HttpClient::new(client))
    }
}
