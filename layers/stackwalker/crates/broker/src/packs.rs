//! All packs that walkers asked for: looked for once, and asked about again after a while.

use std::collections::BTreeMap;
use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use moonwalk_pack_format::Key;
use quick_cache::sync::Cache as Memory;
use serde_json::{Map, Value, json};
use tokio::sync::{Mutex, Semaphore};

use crate::cache::{Cache, Heading};
use crate::config::{CacheConfig, Config};
use crate::figures::{Figure, Tally};
use crate::pack::Pack;
use crate::source::{Source, Store, Trouble};

/// Bytes asked for of a pack's end when it is opened: what a reader starts with, and all of most.
const END: u64 = 256 << 10;
/// Packs that are no longer than this are fetched as a whole when they are opened.
const SMALL: u64 = 1 << 20;
/// Keys about which something is known, at most: a dump can name any number.
const KEYS: usize = 32 * 1024;

/// What there is for a key.
#[derive(Clone)]
pub enum Opened {
    /// A file of this machine.
    File(Arc<File>),
    /// A pack in a store.
    Pack(Arc<Pack>),
    /// Nothing.
    Absent,
}

/// All packs.
pub struct Packs {
    scopes: BTreeMap<String, Vec<Source>>,
    cache: Arc<Cache>,
    fresh: Duration,
    absent: Duration,
    /// By scope and place.
    known: Memory<(String, String), Arc<Mutex<Known>>>,
}

/// What is known of a key; whoever looks for it holds the lock, and the others wait.
#[derive(Default)]
struct Known {
    opened: Option<(Opened, Instant)>,
    /// The version in which damage was found.
    damaged: Option<String>,
}

impl Packs {
    /// With the sources of a configuration.
    ///
    /// # Errors
    /// A source cannot be.
    pub fn new(config: &Config, cache: Arc<Cache>) -> Result<Self, object_store::Error> {
        let gate = Arc::new(Semaphore::new(config.requests.at_once.max(1)));
        let mut scopes = BTreeMap::new();
        for (scope, sources) in &config.scopes {
            let made: Result<Vec<_>, _> = sources
                .iter()
                .map(|source| Source::new(source, &config.requests, &gate))
                .collect();
            scopes.insert(scope.clone(), made?);
        }
        let CacheConfig {
            fresh_seconds,
            absent_seconds,
            ..
        } = config.cache;
        Ok(Self {
            scopes,
            cache,
            fresh: Duration::from_secs(fresh_seconds),
            absent: Duration::from_secs(absent_seconds),
            known: Memory::new(KEYS),
        })
    }

    /// Whether there is such a scope.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes.contains_key(scope)
    }

    /// What was asked of each store, by name.
    pub fn asked(&self) -> Map<String, Value> {
        let sources = self.scopes.values().flatten();
        let stores = sources.filter_map(|source| match source {
            Source::Store(store) => Some(store),
            Source::Folder(_) => None,
        });
        stores
            .map(|store| {
                let count = |figure: &AtomicU64| figure.load(Ordering::Relaxed);
                let asked = json!({
                    "requests": count(&store.asked.requests),
                    "bytes": count(&store.asked.bytes),
                    "failures": count(&store.asked.failures),
                });
                (store.name.clone(), asked)
            })
            .collect()
    }

    /// The pack of a key. That there was none before `anew` is not believed.
    ///
    /// # Errors
    /// A source that may have it failed; none after it was asked, since the first that has a pack
    /// is the one that counts.
    pub async fn open(
        &self,
        scope: &str,
        key: &Key,
        anew: Option<Instant>,
        tally: &Tally,
    ) -> Result<Opened, Trouble> {
        tally.add(Figure::Opens, 1);
        let place = key.pack_place().ok();
        let Some(place) = place.as_ref().and_then(|place| place.to_str()) else {
            tally.add(Figure::Absent, 1);
            return Ok(Opened::Absent);
        };
        let known = self.known(scope, place);
        // Whoever holds it asks sources.
        let wait = tally.wait();
        let mut known = known.lock().await;
        drop(wait);
        let before = known.opened.take();
        if let Some((opened, since)) = &before
            && self.holds(opened, *since, anew)
        {
            let opened = opened.clone();
            known.opened = before;
            count(&opened, tally);
            return Ok(opened);
        }
        let before = before.map(|(opened, _)| opened);
        let opened = self.look(scope, place, before, tally).await;
        let opened = opened.inspect_err(|_| tally.add(Figure::Failures, 1))?;
        known.opened = Some((opened.clone(), Instant::now()));
        count(&opened, tally);
        Ok(opened)
    }

    /// Forgets a pack that is damaged or was replaced.
    pub async fn forget(&self, scope: &str, key: &Key) {
        if let Some(known) = self.known_of(scope, key)
            && let Some((Opened::Pack(pack), _)) = known.lock().await.opened.take()
        {
            pack.forget();
        }
    }

    /// Forgets a pack in which a walker found damage; false if it was fetched anew since the last
    /// time and is damaged still, so that fetching it once more is of no use.
    pub async fn damaged(&self, scope: &str, key: &Key) -> bool {
        let Some(known) = self.known_of(scope, key) else {
            return false;
        };
        let mut known = known.lock().await;
        let Some((Opened::Pack(pack), _)) = known.opened.take() else {
            // Forgotten already, on the word of another walker; or a file of somebody else's.
            return known.damaged.is_some();
        };
        pack.forget();
        let again = known.damaged.as_deref() == Some(pack.etag());
        known.damaged = Some(pack.etag().to_owned());
        !again
    }

    fn known_of(&self, scope: &str, key: &Key) -> Option<Arc<Mutex<Known>>> {
        let place = key.pack_place().ok()?;
        Some(self.known(scope, place.to_str()?))
    }

    fn known(&self, scope: &str, place: &str) -> Arc<Mutex<Known>> {
        let key = (scope.to_owned(), place.to_owned());
        if let Some(known) = self.known.get(&key) {
            return known;
        }
        let new = Arc::new(Mutex::default());
        // Somebody else may be first; two that look at once cost a request more.
        self.known.insert(key, new.clone());
        new
    }

    fn holds(&self, opened: &Opened, since: Instant, anew: Option<Instant>) -> bool {
        match opened {
            Opened::Absent => since.elapsed() < self.absent && anew.is_none_or(|anew| anew < since),
            _ => since.elapsed() < self.fresh,
        }
    }

    async fn look(
        &self,
        scope: &str,
        place: &str,
        before: Option<Opened>,
        tally: &Tally,
    ) -> Result<Opened, Trouble> {
        for source in self.scopes.get(scope).into_iter().flatten() {
            let opened = match source {
                Source::Folder(folder) => {
                    let file = folder.open(place)?;
                    file.map_or(Opened::Absent, |file| Opened::File(Arc::new(file)))
                }
                Source::Store(store) => self.ask(store, place, before.as_ref(), tally).await?,
            };
            if !matches!(opened, Opened::Absent) {
                return Ok(opened);
            }
        }
        Ok(Opened::Absent)
    }

    async fn ask(
        &self,
        store: &Arc<Store>,
        place: &str,
        before: Option<&Opened>,
        tally: &Tally,
    ) -> Result<Opened, Trouble> {
        let Some(remote) = store.at(place) else {
            return Ok(Opened::Absent);
        };
        let location = store.location(place);
        let heading = self.cache.heading(&location);
        let known = match before {
            Some(Opened::Pack(pack)) => Some(pack.etag().to_owned()),
            _ => heading.as_ref().map(|heading| heading.etag.clone()),
        };
        let known = known.filter(|etag| !etag.is_empty());
        tally.round();
        let since = Instant::now();
        let wait = tally.wait();
        let end = remote.end(END, known.as_deref()).await;
        drop(wait);
        tally.add(Figure::Requests, 1);
        tally.time(Figure::FetchMicroseconds, since.elapsed());
        match (end, before, heading) {
            (Ok(end), _, _) => {
                tally.add(Figure::SourceBytes, end.bytes.len() as u64);
                let heading = Heading::new(&location, &end.etag, end.size, end.origin.clone());
                let pack = Pack::new(remote, heading, self.cache.clone());
                pack.keep_end(&end);
                if pack.size() <= SMALL {
                    // What cannot be fetched now is asked for when it is wanted.
                    let all = 0..pack.size();
                    let _ = pack.see_to(std::slice::from_ref(&all), tally).await;
                }
                Ok(Opened::Pack(pack))
            }
            (Err(Trouble::Same), Some(Opened::Pack(pack)), _) => Ok(Opened::Pack(pack.clone())),
            (Err(Trouble::Same), _, Some(heading)) => {
                Ok(Opened::Pack(Pack::new(remote, heading, self.cache.clone())))
            }
            (Err(Trouble::Absent), ..) => Ok(Opened::Absent),
            (Err(trouble), ..) => Err(trouble),
        }
    }
}

fn count(opened: &Opened, tally: &Tally) {
    if matches!(opened, Opened::Absent) {
        tally.add(Figure::Absent, 1);
    }
}
