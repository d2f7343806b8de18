import Redis

/// An entry of the queue: an item of a job that is to be processed.
struct QueuedItem: Sendable, Hashable {
    /// The ID of the entry.
    let id: String
    /// The ID of the job.
    let job: String
    /// The number of the item in the chat store.
    let item: Int
    /// Whether another node had the entry, and was not heard of since.
    let isTakeover: Bool

    /// The entry of a reply, which is its ID and a list of fields; `nil` for another one.
    init?(_ reply: RedisReply, isTakeover: Bool = false) {
        guard reply.elements.count == 2, let id = reply.elements[0].text else { return nil }
        var fields: [String: String] = [:]
        for (name, value) in reply.elements[1].pairs { if let name = name.text { fields[name] = value.text } }
        guard let job = fields["job"], let item = fields["item"].flatMap({ Int($0) }) else { return nil }
        self.id = id
        self.job = job
        self.item = item
        self.isTakeover = isTakeover
    }
}
