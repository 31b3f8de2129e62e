import Fields

// The marketplace of the first clients (v0.1 and v0.2): products and reviews, passed on over numbered channels. No one
// used it. What its objects look like is not known here, so they are shown as bytes.

/// `review` (v0.1): a review of a product or a user.
struct Review: Payload {
    let message = Field("bitcoin.review", "Review message", .group, "a review, for a marketplace that was never used")
    let object = Field("bitcoin.review.object", "Review", .bytes, "the review itself")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        c.info(c.left, "byte", "bytes")
        if !c.rest(object).isEmpty { c.annotate(.common.layoutUnsettled) }
    }
}

/// `subscribe` (v0.1): asks to be sent what is published in a channel.
struct Subscribe: Payload {
    let message = Field("bitcoin.subscribe", "Subscribe message", .group, "asks for what is published in a channel")
    let channel = Channel("bitcoin.subscribe")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        try channel.layout(&c)
    }
}

/// `sub-cancel` (v0.1): ends a subscription.
struct SubCancel: Payload {
    let message = Field("bitcoin.sub_cancel", "Sub-cancel message", .group, "ends the subscription to a channel")
    let channel = Channel("bitcoin.sub_cancel", hasHops: false)

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        try channel.layout(&c)
    }
}

/// `publish` (v0.1): something for the subscribers of a channel.
struct Publish: Payload {
    let message = Field("bitcoin.publish", "Publish message", .group, "something for the subscribers of a channel")
    let channel = Channel("bitcoin.publish")
    let object = Field("bitcoin.publish.object", "Object", .bytes, "what is published")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        try channel.layout(&c)
        c.info(c.left, "byte", "bytes")
        if !c.rest(object).isEmpty { c.annotate(.common.layoutUnsettled) }
    }
}

/// `pub-cancel` (v0.1): takes back what was published.
struct PubCancel: Payload {
    let message = Field("bitcoin.pub_cancel", "Pub-cancel message", .group, "takes back what was published")
    let channel = Channel("bitcoin.pub_cancel")
    let hash = Field("bitcoin.pub_cancel.hash", "Hash", .hash, "the hash of what was published")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        try channel.layout(&c)
        c.info(" ", hash: try c.bytes(hash, 32))
    }
}

/// The channel that a message is about, and how far it may travel.
struct Channel: Sendable {
    let number: Field
    let hops: Field?

    init(_ prefix: String, hasHops: Bool = true) {
        number = Field("\(prefix).channel", "Channel", .unsigned(bits: 32), "the number of the channel")
        hops =
            hasHops ? Field("\(prefix).hops", "Hops", .unsigned(bits: 32), "how many nodes it has passed") : nil
    }

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) {
        let value = try c.integer(number, UInt32.self)
        if c.sink.wantsInfo {
            c.sink.info.append(" channel ")
            c.sink.info.append(decimal: UInt64(value))
        }
        if let hops { try c.integer(hops, UInt32.self) }
    }
}
