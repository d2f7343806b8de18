import Concurrency
import Configuration
import Logging
import MediaAPI

/// Reads again what may change while the service runs: the files of keys, the key set at a URL and the level of the log. What is not valid
/// replaces nothing.
struct Reload: Sendable {
    let settings: Settings
    let keys: TokenKeyRing
    let remoteKeys: RemoteKeySet?
    let manager: ServiceManager?
    let logger: Logger
    /// Reads the keys, as their files are now.
    let readKeys: @Sendable () throws -> TokenKeys
    private let threads = ThreadPool(name: "reload", threads: 1)

    init(
        _ settings: Settings, _ keys: TokenKeyRing, _ remoteKeys: RemoteKeySet?, manager: ServiceManager?,
        logger: Logger,
        readKeys: @escaping @Sendable () throws -> TokenKeys
    ) {
        (self.settings, self.keys, self.remoteKeys, self.manager) = (settings, keys, remoteKeys, manager)
        (self.logger, self.readKeys) = (logger, readKeys)
    }

    /// Reloads for each element of `requests`, until the task is cancelled.
    func run(_ requests: AsyncStream<Void>) async {
        for await _ in requests {
            await manager?.notify(ServiceManager.reloading)
            await perform()
            await manager?.notify(["READY=1"])
        }
    }

    private func perform() async {
        remoteKeys?.reload()
        do {
            let readKeys = readKeys
            let keys = try await threads.run { try readKeys() }
            self.keys.replace(keys)
            logger.info(
                "keys read again",
                [
                    "secrets": "\(keys.secrets.count)", "publicKeys": "\(keys.publicKeys.count)",
                    "serviceKeys": "\(keys.serviceKeys.count)",
                ])
        } catch {
            logger.error("keys cannot be read again: those that were read before remain", ["cause": "\(error)"])
        }
        do {
            let level = try await threads.run { [settings] in try settings.currentLogLevel() }
            guard level != logger.level else { return }
            logger.setLevel(level)
            // At whatever level it is now.
            logger.error("the level of the log has changed", ["level": level.rawValue])
        } catch {
            logger.error("the level of the log cannot be read: it remains", ["cause": "\(error)"])
        }
    }
}
