import Bytes
import Concurrency
import FFmpeg
import Glibc
public import Logging
public import MediaModel
public import ObjectStore

/// Makes renditions in worker processes of their own, one process for each: confined as others are, but for threads, and with a lower
/// priority than what uploads wait for.
public final class Transcoder: RenditionMaking {
    private let settings: ProcessPoolSettings
    private let limits: RenditionLimits
    private let directory: String
    /// A worker dies with the thread that started it.
    private let threads: ThreadPool
    private let fileThreads: ThreadPool
    private let permits: AsyncSemaphore
    private let logger: Logger

    /// - Parameters:
    ///   - workers: how other workers are started and confined.
    ///   - concurrency: how many renditions are made at once.
    ///   - directory: where renditions are kept until they are stored, as unlinked temporary files.
    public init(
        workers: ProcessPoolSettings, limits: RenditionLimits, concurrency: Int, directory: String, logger: Logger
    ) {
        var settings = workers
        settings.longestJob = limits.seconds
        settings.jobsBeforeRenewal = 1
        settings.processorSeconds = limits.processorSeconds
        settings.mayStartThreads = true
        settings.niceness = 19
        self.settings = settings
        self.limits = limits
        self.directory = directory
        self.logger = logger
        threads = ThreadPool(name: "transcoder", threads: max(concurrency, 1))
        fileThreads = ThreadPool(name: "rendition-file", threads: 1)
        permits = AsyncSemaphore(permits: max(concurrency, 1))
    }

    /// See ``RenditionMaking``.
    public func make(
        _ profile: RenditionProfile, of source: ObjectKey, in store: any ObjectStore,
        onProgress: @escaping @Sendable (Double) -> Void, destination: (Transcoding) async throws -> ObjectKey
    ) async throws -> MadeRendition {
        guard await permits.acquire() else { throw MediaError.cancelled }
        defer { permits.release() }
        let found = try await mappingStoreErrors { () async throws(ObjectStoreError) in try await store.info(source) }
        guard let object = found else {
            let missing = ObjectStoreError(.notFound, "There is no object \(source).")
            throw MediaError(.storage, "The file is not in the store any more.", cause: missing)
        }
        let file = try SpoolFile.onDisk(directory, threads: fileThreads)
        var result = await attempt(profile, object, store, to: file, onProgress)
        if case .failure(let error) = result, error.code == .interrupted {
            // Killed from outside, for which the file is not to blame.
            result = await attempt(profile, object, store, to: file, onProgress)
        }
        let transcoding = try result.get()
        guard transcoding.outcome != .original else { return MadeRendition(transcoding: transcoding, object: nil) }
        let size = Int(lseek(file.descriptor.rawValue, 0, SEEK_END))
        let output = try await fileThreads.run { [fileThreads] () throws(MediaError) in
            try RenditionOutput(file, size: size, of: profile, threads: fileThreads)
        }
        let key = try await destination(transcoding)
        try await output.store(at: key, in: store, attributes: ObjectAttributes(rendition: profile))
        return MadeRendition(transcoding: transcoding, object: (key, output.size))
    }

    private func attempt(
        _ profile: RenditionProfile, _ object: ObjectInfo, _ store: any ObjectStore, to file: SpoolFile,
        _ onProgress: @escaping @Sendable (Double) -> Void
    ) async -> Result<Transcoding, MediaError> {
        guard ftruncate(file.descriptor.rawValue, 0) == 0 else {
            return .failure(MediaError(.outOfResources, "The rendition cannot be made at the moment; try again."))
        }
        let ranges = RangeLimits(totalBytes: .max)
        let source = ObjectByteSource(store: store, object: object, limits: ranges, seconds: limits.seconds)
        let order = TranscodeOrder(profile: profile, size: object.size, limits: limits)
        let run: TranscoderRun
        do throws(SystemError) {
            run = try TranscoderRun(settings: settings, order: order, source: source, output: file, logger: logger)
        } catch {
            return .failure(MediaError(.outOfResources, "The rendition cannot be made at the moment.", cause: error))
        }
        let result = await withTaskCancellationHandler {
            await threads.run { run.perform(onProgress) }
        } onCancel: {
            source.cancel()
            run.cancel()
        }
        if Task.isCancelled { return .failure(.cancelled) }
        // A result is not meaningful if some bytes could not be read.
        if let failure = source.failure {
            return .failure(
                MediaError(.storage, "The file could not be read from the store; try again.", cause: failure))
        }
        return result
    }
}

extension ObjectAttributes {
    /// The attributes of a rendition.
    init(rendition profile: RenditionProfile) {
        self.init(
            contentType: profile.format.mimeType(profile.kind), contentDisposition: "inline",
            cacheControl: Self.mediaCacheControl)
    }
}
