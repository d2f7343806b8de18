public import ChatBridge
import Foundation
import MediaModel
import MediaWorker
import ObjectStore

extension MediaJobItem {
    /// The end of the item when inspecting or storing fails with `error`.
    /// - Parameter limit: the maximum number of attempts after temporary errors; the chat store has more, because MongoDB may
    ///   hold documents for a minute that a killed process was changing.
    func end(after error: any Error, attempts limit: Int) -> End {
        let reason = Reason(error)
        let limit = error is ChatError ? max(limit, Self.maximumAttempts) : limit
        guard error.isTemporaryProcessingError, attempts < limit else { return .failed(reason) }
        // 1 s, 4 s, 16 s, 64 s.
        return .again(after: pow(4, Double(attempts - 1)), reason)
    }
}

extension MediaJobItem.Reason {
    /// Why an object could not be processed.
    public init(_ error: any Error) {
        switch error {
        case let error as MediaError:
            if let cause = error.cause as? ObjectStoreError {
                self.init("store_" + cause.code.rawValue, cause.message)
            } else {
                self.init(error.code.rawValue, error.message)
            }
        case let error as ChatError: self.init("chat_" + error.code.rawValue, error.message)
        default: self.init("internal", "\(error)")
        }
    }
}

extension Error {
    /// Whether another attempt to process a stored object may succeed later.
    public var isTemporaryProcessingError: Bool {
        switch self {
        case let error as MediaError:
            if let cause = error.cause as? ObjectStoreError { return cause.code == .unavailable }
            return [.busy, .storage, .scanUnavailable].contains(error.code)
        case is ChatError: return true
        default: return false
        }
    }
}
