import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.h2.H2Database;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.h2.mvstore.MVStore;

/** The stand-in on 127.0.0.1: arguments are a port (0 = any) and a file. Prints the port; ends with its standard input. */
public final class StandIn {
  private static final Set<String> READS =
      Set.of("find", "getMore", "aggregate", "count", "distinct", "ismaster", "isMaster", "ping",
          "listIndexes", "listCollections", "listDatabases", "killCursors", "endSessions", "buildInfo");

  /** They change what others walk through unguarded. */
  private static final Set<String> ALONE =
      Set.of("create", "createIndexes", "drop", "dropDatabase", "dropIndexes", "renameCollection");

  /** The oldest that the Node driver talks to; what the stand-in claims by itself is below it. */
  private static final MongoVersion CLAIMED =
      new MongoVersion() {
        @Override
        public List<Integer> getVersionArray() {
          return List.of(4, 4, 0);
        }

        @Override
        public int getWireVersion() {
          return 9;
        }
      };

  /** Every write is in the file before it is answered, so that killing the process loses nothing that was answered. */
  private static final class Durable extends H2Backend {
    private final ReadWriteLock shape = new ReentrantReadWriteLock();

    Durable(MVStore store) {
      super(store);
    }

    @Override
    protected MongoDatabase openOrCreateDatabase(String name) {
      return new Indexed(name, getMvStore(), getCursorRegistry());
    }

    @Override
    public Document handleMessage(MongoMessage message) {
      String command = message.getDocument().keySet().iterator().next();
      Lock lock = ALONE.contains(command) ? shape.writeLock() : shape.readLock();
      lock.lock();
      try {
        Document answer = super.handleMessage(message);
        if (!READS.contains(command)) commit();
        return answer;
      } finally {
        lock.unlock();
      }
    }
  }

  private static final class Indexed extends H2Database {
    Indexed(String name, MVStore store, CursorRegistry cursors) {
      super(name, store, cursors);
    }

    @Override
    protected Index<Object> openOrCreateUniqueIndex(
        String collection, String name, List<IndexKey> keys, boolean sparse) {
      return new Narrowing(super.openOrCreateUniqueIndex(collection, name, keys, sparse), name, keys, sparse);
    }
  }

  /** Lets a unique index serve a filter that asks for more than its keys: the collection matches the rest. */
  private static final class Narrowing extends Index<Object> {
    private final Index<Object> inner;

    Narrowing(Index<Object> inner, String name, List<IndexKey> keys, boolean sparse) {
      super(name, keys, sparse);
      this.inner = inner;
    }

    private Document narrowed(Document query) {
      Document own = new Document();
      for (IndexKey key : getKeys()) if (query.containsKey(key.getKey())) own.put(key.getKey(), query.get(key.getKey()));
      return own;
    }

    @Override
    public boolean canHandle(Document query) {
      return inner.canHandle(narrowed(query));
    }

    @Override
    public Iterable<Object> getPositions(Document query) {
      return inner.getPositions(narrowed(query));
    }

    @Override
    public Object getPosition(Document document) {
      return inner.getPosition(document);
    }

    @Override
    public void checkAdd(Document document, MongoCollection<Object> collection) {
      inner.checkAdd(document, collection);
    }

    @Override
    public void add(Document document, Object position, MongoCollection<Object> collection) {
      inner.add(document, position, collection);
    }

    @Override
    public Object remove(Document document) {
      return inner.remove(document);
    }

    @Override
    public void checkUpdate(Document before, Document after, MongoCollection<Object> collection) {
      inner.checkUpdate(before, after, collection);
    }

    @Override
    public void updateInPlace(Document before, Document after, Object position, MongoCollection<Object> collection) {
      inner.updateInPlace(before, after, position, collection);
    }

    @Override
    public long getCount() {
      return inner.getCount();
    }

    @Override
    public long getDataSize() {
      return inner.getDataSize();
    }

    @Override
    public boolean isUnique() {
      return true;
    }

    @Override
    public void drop() {
      inner.drop();
    }
  }

  public static void main(String[] arguments) throws IOException {
    MVStore store = new MVStore.Builder().fileName(arguments[1]).autoCommitDisabled().cacheSize(64).open();
    Durable backend = new Durable(store);
    backend.version(CLAIMED);
    MongoServer server = new MongoServer(backend);
    server.bind("127.0.0.1", Integer.parseInt(arguments[0]));
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
    System.out.println("listening on " + server.getLocalAddress().getPort());
    while (System.in.read() != -1) continue;
    System.exit(0);
  }

  private StandIn() {}
}
