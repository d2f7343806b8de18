import ChatBridge
import MediaModel
import MediaWorker
import ObjectStore

extension Reprocessor {
    /// Makes a rendition of the item's object, unless another record of the same object has it already.
    func rendition(_ profile: RenditionProfile, of item: MediaJobItem) async throws -> Outcome {
        let records = try await chat.records(of: item.object)
        guard let record = records.first, let key = ObjectKey(validating: item.object) else {
            return Outcome(end: .skipped(.gone))
        }
        if let made = records.lazy.compactMap({ $0.rendition(profile) }).first(where: \.isPlayable) {
            return Outcome(end: .made, change: MediaChange(objects: []) { $0.with(made) })
        }
        guard record.kind == profile.kind else { throw MediaError(.wrongKind, "The file is of another kind.") }
        guard let renditions else { throw MediaError(.busy, "This node makes no renditions.") }
        let (progress, job) = (progress, item.job)
        defer { progress?.end(job) }
        var reserved: ObjectKey?
        do {
            let made = try await renditions.make(profile, of: key, in: objects) { share in
                progress?.update(job, share)
            } destination: { _ in
                let new = try destination(profile, beside: key)
                try await chat.reserve(new.rawValue, for: item)
                reserved = new
                return new
            }
            let rendition = Rendition(made, profile, job: item.job)
            return Outcome(
                end: .made,
                change: MediaChange(objects: rendition.key.map { [$0] } ?? []) { $0.with(rendition) })
        } catch {
            if let reserved { await markForDeletion([reserved.rawValue]) }
            throw error
        }
    }

    /// A new key each time: URLs of another rendition show that one until they expire.
    private func destination(_ profile: RenditionProfile, beside key: ObjectKey) throws(MediaError) -> ObjectKey {
        let ending = "-\(profile.keySuffix)-\(ids.next(at: now())).\(profile.format.fileExtension(profile.kind))"
        guard let new = ObjectKey(validating: key.rawValue.withoutExtension + ending) else {
            throw MediaError(.internal, "The key of a rendition of \(key) would be too long.")
        }
        return new
    }

    /// The change that states why a rendition cannot be made; `nil` for other jobs.
    func failedRendition(
        _ item: MediaJobItem, _ request: MediaJobRequest, _ reason: MediaJobItem.Reason
    ) -> MediaChange? {
        guard let profile = request.rendition else { return nil }
        var failed = Rendition(pending: profile, job: item.job)
        (failed.status, failed.failure) = (.failed, reason.code)
        return MediaChange(objects: []) { [failed] record in
            // Another job may have made it meanwhile.
            record.rendition(profile)?.isPlayable == true ? record : record.with(failed)
        }
    }
}

extension Rendition {
    fileprivate init(_ made: MadeRendition, _ profile: RenditionProfile, job: String) {
        self.init(pending: profile, job: job)
        status = made.object == nil ? .original : .ready
        key = made.object?.key.rawValue
        fileSize = made.object?.size
        duration = MediaRecord.rounded(duration: made.transcoding.duration)
        dimensions = made.transcoding.dimensions
    }
}
