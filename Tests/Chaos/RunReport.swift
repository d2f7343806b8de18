import Testing

/// What every harness finds of uploads that went on while it did what it is for.
protocol RunReport: Decodable {
    /// Uploads that the service said it has.
    var acknowledged: Int { get }
    /// Answers that were no success, by status, and an example of each.
    var refused: [String: Int] { get }
    var words: [String: String] { get }
    /// What was acknowledged and is not there, whole and with its thumbnail.
    var lost: [String] { get }
    /// What can be seen and is not whole.
    var halfMade: [String] { get }
    /// What nothing shows, after the collectors ran.
    var left: [String] { get }
    /// What was deleted, and is there.
    var undeleted: [String] { get }
    /// What a connected receiver did not hear of in time.
    var late: [String] { get }
    /// What had no answer within 20 s, although its connection was not ended.
    var unanswered: [String] { get }
    /// Events that connected receivers were to hear.
    var expected: Int { get }
}

extension RunReport {
    /// Everything acknowledged is there, nothing else is, and whoever is connected has heard of it.
    /// - Parameter late: how many events may not have been heard of in time.
    func expectNothingLost(late most: Int = 0, _ place: SourceLocation = #_sourceLocation) {
        #expect(acknowledged > 10 && expected > 5, sourceLocation: place)
        #expect(lost == [], sourceLocation: place)
        #expect(halfMade == [], sourceLocation: place)
        #expect(left == [], sourceLocation: place)
        #expect(undeleted == [], sourceLocation: place)
        #expect(late.count <= most, "\(late)", sourceLocation: place)
        #expect(unanswered == [], sourceLocation: place)
    }
}
