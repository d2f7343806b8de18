import ChatBridge
import Foundation
import Jobs
import ObjectStore

extension UserEraser {
    /// An eraser for the dialects that are served.
    /// - Parameter wake: called when the outbox has an entry to deliver, or an object was marked for deletion.
    init(
        _ store: any ChatStore, objects: any ObjectStore, dialects: [any DialectModule.Type],
        now: @escaping @Sendable () -> Date, wake: @escaping @Sendable () -> Void
    ) {
        var events: [Dialect: DueMessageDeleter.Events] = [:]
        for module in dialects { events[module.dialect] = { module.deletionEvents($0) } }
        let files = UploadFiles(objects: objects)
        self.init(
            store: store, events: events,
            emptiedGroups: Set(dialects.filter { $0.deletesEmptyGroups }.map { $0.dialect }),
            endUpload: { try await files.erase($0, of: $1, in: store, now: now()) }, now: now, wake: wake)
    }
}
