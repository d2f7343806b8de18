import Testing

/// What every harness checks of the uploads that went on meanwhile. `run.py` reports it.
struct Findings: Decodable {
    /// Uploads that the service acknowledged.
    let acknowledged: Int
    /// Answers that were no success, by status, and the first of each.
    let refused: [String: Int]
    let words: [String: String]
    /// What was acknowledged and is not there, whole and with its thumbnail.
    let lost: [String]
    /// What a row shows and is not whole.
    let halfMade: [String]
    /// What no row shows, after the collectors ran.
    let left: [String]
    /// What was deleted and is still there.
    let undeleted: [String]
    /// Events that a connected receiver did not get in time.
    let late: [String]
    /// Calls that got no answer within their time although their connection stayed open.
    let unanswered: [String]
    /// How many events connected receivers had to get.
    let expected: Int
}

/// A harness's report, one JSON object: what all harnesses check, and what this one adds.
@dynamicMemberLookup
struct RunReport<Own: Decodable>: Decodable {
    let findings: Findings
    let own: Own

    init(from decoder: any Decoder) throws {
        findings = try Findings(from: decoder)
        own = try Own(from: decoder)
    }

    subscript<Value>(dynamicMember path: KeyPath<Findings, Value>) -> Value { findings[keyPath: path] }
    subscript<Value>(dynamicMember path: KeyPath<Own, Value>) -> Value { own[keyPath: path] }

    /// Checks that exactly what was acknowledged is stored, and that connected receivers got its events.
    func expectNothingLost(_ place: SourceLocation = #_sourceLocation) {
        #expect(findings.acknowledged > 10 && findings.expected > 5, sourceLocation: place)
        #expect(findings.lost == [], sourceLocation: place)
        #expect(findings.halfMade == [], sourceLocation: place)
        #expect(findings.left == [], sourceLocation: place)
        #expect(findings.undeleted == [], sourceLocation: place)
        #expect(findings.late == [], sourceLocation: place)
        #expect(findings.unanswered == [], sourceLocation: place)
    }
}
