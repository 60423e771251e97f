// What the shell gives the page, for an ordinary browser: over the development bridge.
(() => {
    const call = async (text) => {
        const answer = await fetch('/rpc', { method: 'POST', body: text });
        const body = await answer.text();
        if (!answer.ok) throw Object.assign(new Error(body), { status: answer.status });
        return body;
    };
    const onevents = (next) => {
        new EventSource('/rpc/events').addEventListener('message', (event) => next(event.data));
    };
    Object.defineProperty(window, 'backstory', {
        value: Object.freeze({ call, onevents, platform: 'browser' }),
    });
})();
